package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A door that clients reach by another address than its own, below a path. */
class PublicUrlTest {

  private static final String PUBLIC = "https://talk.example.org/mill";

  @TempDir static Path directory;
  static Door door;

  @BeforeAll
  static void open() {
    door = Door.open(directory, Map.of("talkmill.public-url", PUBLIC + "/"));
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @Test
  void whatWasMadeIsFoundBelowThePublicAddress() {
    Client client = door.home().client();
    Answer project = client.post("/v1/projects", "{\"name\":\"a\"}").expect(201);
    String path = "/v1/projects/" + project.text("id");
    assertThat(project.header("location")).isEqualTo(PUBLIC + path);

    String own = "/v1/projects/" + UUID.randomUUID();
    assertThat(client.call("PUT", own, "{\"name\":\"b\"}").expect(201).header("location"))
        .isEqualTo(PUBLIC + own);
    assertThat(client.call("PUT", own, "{\"name\":\"c\"}").expect(200).header("location"))
        .isEmpty();

    Answer conversation = client.post(path + "/conversations", "{}").expect(201);
    String read = "/v1/conversations/" + conversation.text("id");
    assertThat(conversation.header("location")).isEqualTo(PUBLIC + read);
    assertThat(client.get(read).expect(200).text("id")).isEqualTo(conversation.text("id"));
  }

  @Test
  void theDocumentNamesThePublicAddressAndIsOtherwiseTheSame() throws Exception {
    ObjectNode document = (ObjectNode) door.client(null).get("/openapi.json").expect(200).json();
    assertThat(document.get("servers").size()).isEqualTo(1);
    assertThat(document.get("servers").get(0).get("url").asString()).isEqualTo(PUBLIC);
    document.remove("servers");
    assertThat(document)
        .isEqualTo(DoorJson.MAPPER.readTree(OpenApiDoor.class.getResourceAsStream("openapi.json")));
  }
}
