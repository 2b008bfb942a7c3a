package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectsTest {

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    home = door.home();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @Test
  void aProjectKeepsWhatItIsTold() {
    Answer project =
        home.client()
            .post(
                "/v1/projects",
                "{\"name\":\" Water \",\"language\":\"nl\","
                    + "\"key_terms\":[\"Zuiderzee\",\"Zuiderzee\"],"
                    + "\"anonymize\":false,\"title_wanted\":false}")
            .expect(201);
    assertThat(project.names())
        .containsExactlyInAnyOrder(
            "id",
            "name",
            "language",
            "key_terms",
            "anonymize",
            "title_wanted",
            "created_at",
            "updated_at");
    assertThat(project.text("name")).isEqualTo("Water");
    assertThat(project.header("location")).isEqualTo("/v1/projects/" + project.text("id"));
    assertThat(project.json().get("key_terms").size()).isEqualTo(1);
    Answer read = home.client().get("/v1/projects/" + project.text("id")).expect(200);
    assertThat(read.body()).isEqualTo(project.body());
  }

  @Test
  void aPromiseToAnonymiseIsNotTakenWhileNothingRedacts() {
    Answer refused =
        home.client().post("/v1/projects", "{\"name\":\"a\",\"anonymize\":true}").expect(422);
    assertThat(refused.text("code")).isEqualTo("anonymize_unavailable");
  }

  @Test
  void aPutMakesAndThenReplaces() {
    String path = "/v1/projects/" + UUID.randomUUID();
    home.client().call("PUT", path, "{\"name\":\"a\",\"language\":\"en\"}").expect(201);
    Answer replaced = home.client().call("PUT", path, "{\"name\":\"b\"}").expect(200);
    assertThat(replaced.text("name")).isEqualTo("b");
    assertThat(replaced.json().get("language").isNull()).isTrue();
    // The same id is another project for another tenant.
    door.home().client().call("PUT", path, "{\"name\":\"c\"}").expect(201);
    assertThat(home.client().get(path).text("name")).isEqualTo("b");
  }

  @Test
  void aPatchChangesOnlyWhatItNames() {
    String path = "/v1/projects/" + UUID.randomUUID();
    home.client()
        .call("PUT", path, "{\"name\":\"a\",\"language\":\"en\",\"key_terms\":[\"x\"]}")
        .expect(201);
    Answer patched = home.client().call("PATCH", path, "{\"title_wanted\":false}").expect(200);
    assertThat(patched.text("language")).isEqualTo("en");
    assertThat(patched.json().get("key_terms").size()).isEqualTo(1);
    assertThat(patched.json().get("title_wanted").asBoolean()).isFalse();
    assertThat(
            home.client()
                .call("PATCH", path, "{\"language\":null}")
                .expect(200)
                .json()
                .get("language")
                .isNull())
        .isTrue();
    home.client().call("PATCH", path, "{\"name\":null}").problem(400, "invalid_field");
    home.client().call("PATCH", path, "{\"colour\":1}").problem(400, "unknown_field");
    home.client().call("PATCH", path, "[1]").problem(400, "invalid_field");
    home.client()
        .call("PATCH", "/v1/projects/" + UUID.randomUUID(), "{}")
        .problem(404, "unknown_project");
  }

  @Test
  void aConversationOfAnUnknownProjectIsNotOpened() {
    String nobody = "/v1/projects/" + UUID.randomUUID() + "/conversations";
    home.client().post(nobody, "{}").problem(404, "unknown_project");
    home.client().get(nobody).problem(404, "unknown_project");
    String mine = "/v1/projects/" + home.project() + "/conversations";
    home.client()
        .post(mine, "{\"participant_name\":\"Ada\",\"source\":\"IMPORT\",\"tags\":[\"a\",\"b\"]}")
        .expect(201);
    home.client().post(mine, "{\"source\":\"a b\"}").problem(400, "invalid_field");
    home.client()
        .post(mine, "{\"participant_name\":\"" + "x".repeat(201) + "\"}")
        .problem(400, "invalid_field");
  }
}
