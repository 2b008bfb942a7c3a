package dev.talkmill.jobs.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.chunk.ChunkState;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChunkEndTest {

  private static TestDatabase database;
  private Bench bench;
  private UUID chunk;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void chunk() {
    bench = new Bench(database);
    chunk = bench.chunk(bench.conversation());
  }

  @Test
  void aRevisionEndsOnceSoThatALateHandlerWritesNothingBesideItsSuccessor() {
    assertThat(end(1, ChunkState.TRANSCRIBED)).isTrue();
    assertThat(end(1, ChunkState.FAILED)).isFalse();
    assertThat(state()).isEqualTo("TRANSCRIBED");
  }

  @Test
  void aRevisionThatWasOpenedAgainEndsAgain() {
    assertThat(end(1, ChunkState.FAILED)).isTrue();
    assertThat(inTenant(() -> bench.core().chunks().reopen(chunk, 1))).isTrue();
    assertThat(end(1, ChunkState.TRANSCRIBED)).isTrue();
    assertThat(state()).isEqualTo("TRANSCRIBED");
  }

  @Test
  void anotherRevisionIsNotEnded() {
    assertThat(end(2, ChunkState.TRANSCRIBED)).isFalse();
    assertThat(state()).isEqualTo("OPEN");
  }

  private boolean end(long revision, ChunkState state) {
    return inTenant(() -> bench.core().chunks().end(chunk, revision, state, null));
  }

  private boolean inTenant(Supplier<Boolean> work) {
    return database.database().inTenant(bench.home().tenant(), work);
  }

  private String state() {
    return bench.one(
        "SELECT state FROM conversation_chunk WHERE tenant_id = ? AND id = ?", String.class, chunk);
  }
}
