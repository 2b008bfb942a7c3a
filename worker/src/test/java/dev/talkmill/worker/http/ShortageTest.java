package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits and outages: nothing is taken that can't be kept, and clients know when to come back. */
class ShortageTest {

  @TempDir Path directory;

  @Test
  void aConversationThatSendsTooOftenIsSlowedDownAndOthersAreNot() {
    try (Door door = Door.open(directory, Map.of("talkmill.intake.chunks-per-minute", 2))) {
      Door.Home home = door.home();
      String id = home.conversation();
      Answer first = home.say(id, "one").expect(202);
      assertThat(first.header("ratelimit-limit")).isEqualTo("2");
      assertThat(first.header("ratelimit-remaining")).isEqualTo("1");
      assertThat(Integer.parseInt(first.header("ratelimit-reset"))).isBetween(1, 30);
      home.say(id, "").problem(400, "empty_body");
      home.say(id, "two").expect(202);
      Answer refused = home.say(id, "three").problem(429, "rate_limited");
      assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(1, 30);
      assertThat(refused.header("ratelimit-remaining")).isEqualTo("0");
      home.say(home.conversation(), "another").expect(202);
    }
  }

  @Test
  void aFullSpoolRefusesSoundAndStillTakesText() {
    try (Door door = Door.open(directory, Map.of("talkmill.intake.spool-bytes-max", "1000B"))) {
      Door.Home home = door.home();
      String id = home.conversation();
      home.client().chunk(id, new byte[900]).expect(202);
      Answer full = home.client().chunk(id, new byte[200]).problem(503, "spool_full");
      assertThat(Integer.parseInt(full.header("retry-after"))).isPositive();
      home.say(id, "text needs no spool").expect(202);
      assertThat(home.get(id, "").json().get("chunks").get("total").asInt()).isEqualTo(2);
    }
  }

  @Test
  void withoutADatabaseTheDoorSaysSo() {
    try (Door door = Door.open(directory)) {
      Door.Home home = door.home();
      String id = home.conversation();
      door.database.close();
      Answer refused = home.say(id, "anybody there?").problem(503, "database_unavailable");
      assertThat(refused.header("retry-after")).isNotBlank();
      door.client("a key that was never seen")
          .get("/v1/conversations/" + id)
          .problem(503, "database_unavailable");
    }
  }

  @Test
  void withoutAnObjectStoreUploadsWaitAndChunksAreTaken() {
    try (Door door = Door.open(directory)) {
      Door.Home home = door.home();
      String id = home.conversation();
      door.s3.close();
      Answer refused =
          home.post(id, "/uploads", "{\"bytes\":1000}").problem(503, "storage_unavailable");
      assertThat(refused.header("retry-after")).isNotBlank();
      home.client().chunk(id, new byte[900]).expect(202);
    }
  }
}
