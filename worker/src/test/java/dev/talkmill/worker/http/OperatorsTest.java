package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Requeue and erasure, with nobody at work. */
class OperatorsTest {

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
  void aFailedRowIsListedAndRequeued() {
    String id = home.conversation();
    String chunk = home.client().chunk(id, new byte[] {1}).expect(202).text("id");
    UUID tenant = home.tenant();
    door.database
        .database()
        .inTenant(
            tenant,
            () ->
                door.database
                    .database()
                    .sql()
                    .sql(
                        """
                        UPDATE processing_status
                        SET state = 'PROCESSING', lease_until = clock_timestamp()
                        WHERE subject_id = ?::uuid
                        """)
                    .params(chunk)
                    .update());
    door.database
        .database()
        .inTenant(
            tenant,
            () ->
                door.database
                    .database()
                    .sql()
                    .sql(
                        """
                        WITH k AS (UPDATE conversation_chunk SET state = 'FAILED',
                                   code = 'storage_unavailable' WHERE id = ?::uuid)
                        UPDATE processing_status
                        SET state = 'FAILED', cause = 'capacity', lease_until = NULL,
                            error_code = 'storage_unavailable', finished_at = clock_timestamp(),
                            error_message = 'the store was away', epoch = epoch + 1
                        WHERE subject_id = ?::uuid
                        """)
                    .params(chunk, chunk)
                    .update());

    JsonNode failed =
        home.client().get("/v1/processing-status?state=FAILED").expect(200).json().get("items");
    assertThat(failed.get(0).get("subject_id").asString()).isEqualTo(chunk);
    assertThat(failed.get(0).get("error_message").asString()).isEqualTo("the store was away");
    String row = failed.get(0).get("id").asString();
    Answer requeued =
        home.client().post("/v1/processing-status/" + row + "/requeue", "").expect(202);
    assertThat(requeued.text("id")).isEqualTo(row);
    assertThat(requeued.text("state")).isNotEqualTo("FAILED");
    assertThat(home.get(id, "").json().get("chunks").get("open").asInt()).isEqualTo(1);
  }

  @Test
  void whatIsErasedIsGone() {
    String id = home.conversation();
    String chunk = home.say(id, "Forget me.").expect(202).text("id");
    home.say(id, "Keep me.").expect(202);

    Answer erased = home.client().delete("/v1/conversations/" + id + "/chunks/" + chunk);
    assertThat(erased.expect(202).text("id")).isEqualTo(chunk);
    assertThat(home.get(id, "/transcript").expect(200).text("text")).isEqualTo("Keep me.");
    home.client()
        .delete("/v1/conversations/" + id + "/chunks/" + chunk)
        .problem(404, "unknown_chunk");

    home.client().delete("/v1/conversations/" + id).expect(202);
    home.get(id, "").problem(404, "unknown_conversation");
    home.client().delete("/v1/conversations/" + id).problem(404, "unknown_conversation");
  }
}
