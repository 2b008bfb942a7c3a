package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Pausing through the door: who may, what is refused, what is shown. */
class PausesTest {

  private static final String BODY = "{\"reason\":\"the disk is full\"}";

  @TempDir static Path directory;
  static Door door;
  static Client admin;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    admin = door.admin();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @AfterEach
  void resumeAll() {
    for (JsonNode pause : admin.get("/v1/pauses").expect(200).json().get("items")) {
      admin.delete(path(pause)).expect(204);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stage/TRANSCRIBE", "provider/a-recogniser", "tenant"})
  void pausingAndResumingMayBeRepeated(String given) {
    String what = given.equals("tenant") ? "tenant/" + door.home().tenant() : given;
    Answer first = put(admin, what).expect(200);
    assertThat(first.names())
        .containsExactlyInAnyOrder("kind", "name", "reason", "created_by", "created_at");
    assertThat(first.text("kind") + "/" + first.text("name")).isEqualTo(what);
    assertThat(first.text("reason")).isEqualTo("the disk is full");
    assertThat(first.text("created_by")).startsWith("api-key:");
    assertThat(put(admin, what).expect(200).json()).isEqualTo(first.json());
    Answer changed =
        admin.call("PUT", "/v1/pauses/" + what, "{\"reason\":\"and still is\"}").expect(200);
    assertThat(changed.text("reason")).isEqualTo("and still is");
    assertThat(changed.text("created_at")).isEqualTo(first.text("created_at"));
    assertThat(admin.get("/v1/pauses").json().get("items")).hasSize(1);

    admin.delete("/v1/pauses/" + what).expect(204);
    admin.delete("/v1/pauses/" + what).expect(204);
    assertThat(admin.get("/v1/pauses").json().get("items")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "project/x, 404, unknown_pause_kind",
    "TENANT/x, 404, unknown_pause_kind",
    "stage/transcribe, 404, unknown_stage",
    "stage/DELIVER, 404, unknown_stage",
    "provider/nobody, 404, unknown_provider",
    "tenant/me, 400, invalid_id",
    "tenant/0190163d-8694-739b-aea5-966c26f8ad91, 404, unknown_tenant"
  })
  void namesThatNobodyKnowsAreRefused(String what, int status, String code) {
    put(admin, what).problem(status, code);
    admin.delete("/v1/pauses/" + what).problem(status, code);
    assertThat(admin.get("/v1/pauses").json().get("items")).isEmpty();
  }

  @Test
  void aReasonIsAskedFor() {
    for (String body :
        List.of(
            "",
            "{}",
            "{\"reason\":\"  \"}",
            "{\"reason\":\"\\u0000\\n\"}",
            "{\"reason\":\"%s\"}".formatted("x".repeat(501)))) {
      admin.call("PUT", "/v1/pauses/stage/STORE", body).problem(400, "invalid_field");
    }
    admin
        .call("PUT", "/v1/pauses/stage/STORE", "{\"reason\":\"x\",\"until\":\"later\"}")
        .problem(400, "unknown_field");
  }

  @Test
  void aReasonIsShownOnOneLineAndWithoutControlCharacters() {
    Answer paused =
        admin.call(
            "PUT",
            "/v1/pauses/stage/STORE",
            "{\"reason\":\"the disk\\r\\n\\u001bis full\\u0007\"}");
    assertThat(paused.expect(200).text("reason")).isEqualTo("the disk is full");
  }

  @Test
  void whoIsNoAdministratorIsRefused() {
    Door.Home home = door.home();
    String tenant = home.tenant().toString();
    Client reader = door.client(door.key(tenant, "read", "upload"));
    reader.get("/v1/pauses").problem(403, "insufficient_scope");
    put(reader, "tenant/" + tenant).problem(403, "insufficient_scope");
    put(reader, "stage/STORE").problem(403, "insufficient_scope");
    reader.delete("/v1/pauses/stage/STORE").problem(403, "insufficient_scope");
    put(door.client(null), "stage/STORE").problem(401, "unauthenticated");
  }

  @Test
  void aTenantsAdministratorPausesThatTenantAlone() {
    Door.Home home = door.home();
    Door.Home other = door.home();
    put(home.client(), "stage/STORE").problem(403, "insufficient_scope");
    put(home.client(), "provider/a-writer").problem(403, "insufficient_scope");
    put(home.client(), "tenant/" + other.tenant()).problem(404, "unknown_tenant");
    put(home.client(), "tenant/" + home.tenant()).expect(200);
    put(admin, "tenant/" + other.tenant()).expect(200);
    put(admin, "stage/STORE").expect(200);

    JsonNode seen = home.client().get("/v1/pauses").expect(200).json().get("items");
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0).get("name").asString()).isEqualTo("STORE");
    assertThat(seen.get(0).get("created_by").isNull()).isTrue();
    assertThat(seen.get(1).get("name").asString()).isEqualTo(home.tenant().toString());
    home.client().delete("/v1/pauses/tenant/" + home.tenant()).expect(204);

    other.client().delete("/v1/pauses/tenant/" + other.tenant()).problem(403, "insufficient_scope");
    put(other.client(), "tenant/" + other.tenant()).problem(403, "insufficient_scope");
  }

  @Test
  void theListIsWholeByThePage() {
    List<String> put = new ArrayList<>();
    for (String what : List.of("provider/a-recogniser", "stage/AGGREGATE", "stage/STORE")) {
      put(admin, what).expect(200);
      put.add("/v1/pauses/" + what);
    }
    List<String> listed = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = admin.get("/v1/pauses?limit=1" + next).expect(200).json();
      page.get("items").forEach(pause -> listed.add(path(pause)));
      JsonNode cursor = page.get("next_cursor");
      next = cursor.isNull() ? null : "&cursor=" + cursor.asString();
    } while (next != null);
    assertThat(listed).isEqualTo(put);
    for (String cursor : List.of("x", Page.cursor("stage"), Page.cursor("project:x"))) {
      admin.get("/v1/pauses?cursor=" + cursor).problem(400, "invalid_cursor");
    }
  }

  @Test
  void workThatWaitsSaysWhy() {
    Door.Home home = door.home();
    String id = home.conversation();
    home.client().chunk(id, new byte[] {1}).expect(202);
    assertThat(status(home, id).get("waiting_because").isNull()).isTrue();
    put(admin, "stage/STORE").expect(200);
    JsonNode because = status(home, id).get("waiting_because");
    assertThat(because.get("kind").asString()).isEqualTo("stage");
    assertThat(because.get("name").asString()).isEqualTo("STORE");
    assertThat(because.get("reason").asString()).isEqualTo("the disk is full");
    assertThat(because.get("cause").asString()).isEqualTo("policy");
    JsonNode conversation = home.get(id, "").expect(200).json().get("waiting_because");
    assertThat(conversation.get("reason").asString()).isEqualTo("the disk is full");
    assertThat(Instant.parse(conversation.get("since").asString()))
        .isEqualTo(Instant.parse(because.get("since").asString()));
    admin.delete("/v1/pauses/stage/STORE").expect(204);
    assertThat(home.get(id, "").expect(200).json().get("waiting_because").isNull()).isTrue();
    put(admin, "stage/STORE").expect(200);
    assertThat(
            home.client()
                .get("/v1/processing-status?state=PENDING")
                .expect(200)
                .json()
                .get("items")
                .get(0))
        .isEqualTo(status(home, id));
  }

  private static JsonNode status(Door.Home home, String conversation) {
    return home.get(conversation, "/processing-status").expect(200).json().get("items").get(0);
  }

  private static Answer put(Client client, String what) {
    return client.call("PUT", "/v1/pauses/" + what, BODY);
  }

  private static String path(JsonNode pause) {
    return "/v1/pauses/" + pause.get("kind").asString() + "/" + pause.get("name").asString();
  }
}
