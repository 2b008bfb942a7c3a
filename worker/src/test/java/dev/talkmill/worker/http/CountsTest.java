package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.ConversationView;
import dev.talkmill.jobs.testing.TestDatabase;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What readers see of chunks: uploaded ones, whatever they were cut into. */
class CountsTest {

  static TestDatabase database;
  static TestDatabase.Home home;

  @BeforeAll
  static void open() {
    database = TestDatabase.fresh();
    home = database.home();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  private static UUID chunk(UUID conversation, String state, double seconds) {
    return chunk(conversation, null, state, seconds, 0, seconds);
  }

  private static UUID chunk(
      UUID conversation,
      @Nullable UUID parent,
      String state,
      double seconds,
      double ownedStart,
      double ownedEnd) {
    UUID id = UUID.randomUUID();
    database
        .database()
        .inTenant(
            home.tenant(),
            () ->
                database
                    .database()
                    .sql()
                    .sql(
                        """
                        INSERT INTO conversation_chunk
                          (tenant_id, id, conversation_id, parent_id, source, ordinal, state,
                           bytes, media_type, seconds, owned_start, owned_end)
                        VALUES (?, ?, ?, ?, ?, 1, ?, 1, 'audio/webm', ?, ?, ?)
                        """)
                    .params(
                        home.tenant(),
                        id,
                        conversation,
                        parent,
                        parent == null ? "PORTAL_AUDIO" : "SPLIT",
                        state,
                        seconds,
                        ownedStart,
                        ownedEnd)
                    .update());
    return id;
  }

  private static ConversationView view(UUID conversation) {
    return new ConversationReads(database.database(), Map.of())
        .find(home.tenant(), conversation)
        .orElseThrow();
  }

  @Test
  void everyUploadedChunkCountsOnce() {
    UUID conversation = database.conversation(home);
    chunk(conversation, "OPEN", 10);
    chunk(conversation, "TRANSCRIBED", 20);
    chunk(conversation, "NO_SPEECH", 30);
    chunk(conversation, "FAILED", 40);

    ConversationView view = view(conversation);

    assertThat(view.chunks()).isEqualTo(new ConversationView.ChunkCounts(4, 1, 1, 1, 1));
    assertThat(view.audioSecondsReceived()).isEqualTo(100);
    assertThat(view.audioSecondsTranscribed()).isEqualTo(50);
  }

  @Test
  void theOverlapOfPartsIsNotCountedTwice() {
    UUID conversation = database.conversation(home);
    UUID parent = chunk(conversation, "SPLIT", 100);
    chunk(conversation, parent, "TRANSCRIBED", 52, 0, 51);
    chunk(conversation, parent, "TRANSCRIBED", 50, 51, 100);

    ConversationView view = view(conversation);

    assertThat(view.chunks().total()).isEqualTo(1);
    assertThat(view.audioSecondsReceived()).isEqualTo(100);
    assertThat(view.audioSecondsTranscribed()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({
    "TRANSCRIBED,OPEN,1,0,0,0,10",
    "FAILED,OPEN,1,0,0,0,0",
    "TRANSCRIBED,FAILED,0,1,0,0,10",
    "TRANSCRIBED,NO_SPEECH,0,1,0,0,20",
    "FAILED,NO_SPEECH,0,0,0,1,10",
    "NO_SPEECH,NO_SPEECH,0,0,1,0,20",
  })
  void aSplitChunkCountsByHowItsPartsEnded(
      String first,
      String second,
      int open,
      int transcribed,
      int noSpeech,
      int failed,
      double seconds) {
    UUID conversation = database.conversation(home);
    UUID parent = chunk(conversation, "SPLIT", 20);
    chunk(conversation, parent, first, 10, 0, 10);
    chunk(conversation, parent, second, 10, 10, 20);

    ConversationView view = view(conversation);

    assertThat(view.chunks())
        .isEqualTo(new ConversationView.ChunkCounts(1, open, transcribed, noSpeech, failed));
    assertThat(view.audioSecondsTranscribed()).isEqualTo(seconds);
  }
}
