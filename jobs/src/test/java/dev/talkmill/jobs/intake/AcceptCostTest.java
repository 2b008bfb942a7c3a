package dev.talkmill.jobs.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.chunk.ChunkSource;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What accepting reads in a conversation of 20,000 chunks, in a database that has never been
 * analysed, over a connection whose plans are from when it was empty. Tuples are counted, as
 * PostgreSQL counts them for the running transaction.
 */
class AcceptCostTest {

  private static final int CHUNKS = 20_000;

  /** Enough that a connection keeps the plans it has made. */
  private static final int TIMES = 12;

  /** A few tuples of each table and index. */
  private static final long READ_MAX = 200;

  private static final String READ =
      """
      SELECT coalesce((SELECT sum(seq_tup_read) FROM pg_stat_xact_user_tables), 0)
           + coalesce((SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid))
                       FROM pg_stat_user_indexes), 0)
      """;

  private static TestDatabase database;
  private static Database db;
  private static Bench bench;
  private static UUID conversation;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
    db = database.database();
    bench = new Bench(database);
    JdbcClient owner = JdbcClient.create(Pools.owner(database.address()));
    for (String table : List.of("conversation", "conversation_chunk", "processing_status")) {
      owner.sql("ALTER TABLE talkmill." + table + " SET (autovacuum_enabled = false)").update();
    }
    conversation = bench.conversation();
    for (int i = 0; i < TIMES; i++) {
      accept(TIMES + i);
      text(TIMES + i);
    }
    bench.seen().update("UPDATE conversation_chunk SET state = 'TRANSCRIBED'");
    bench
        .seen()
        .update(
            """
            INSERT INTO conversation_chunk
              (tenant_id, id, conversation_id, source, ordinal, bytes, media_type, state)
            SELECT tenant_id, gen_random_uuid(), id, 'PORTAL_AUDIO', 1000 + n, 1, 'audio/webm',
                   'TRANSCRIBED'
            FROM conversation, generate_series(1, ?) n WHERE id = ?
            """,
            CHUNKS,
            conversation);
    bench.seen().update("UPDATE conversation SET next_ordinal = next_ordinal + ?", CHUNKS);
    bench
        .seen()
        .update(
            """
            INSERT INTO conversation (tenant_id, id, project_id)
            SELECT ?, gen_random_uuid(), ? FROM generate_series(1, ?)
            """,
            bench.home().tenant(),
            bench.home().project(),
            CHUNKS);
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void acceptingReadsNeitherTheOtherChunksNorTheOtherConversationsOfItsTenant() {
    List<Long> reads = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      int n = i;
      reads.add(read(() -> accept(n)));
      reads.add(read(() -> text(n)));
    }
    assertThat(reads).allMatch(tuples -> tuples < READ_MAX);
  }

  private static Accepted accept(int n) {
    return bench
        .core()
        .intake()
        .accept(
            new NewChunk(
                bench.home().tenant(),
                conversation,
                ChunkSource.PORTAL_AUDIO,
                null,
                null,
                "audio/webm",
                1,
                "0".repeat(64),
                () -> new ByteArrayInputStream(new byte[] {1}),
                "key-" + n));
  }

  private static Accepted text(int n) {
    return bench
        .core()
        .intake()
        .accept(
            new NewText(
                bench.home().tenant(), conversation, null, null, "words", "0".repeat(64), "t" + n));
  }

  private static long read(Supplier<?> work) {
    return db.inTenant(
        bench.home().tenant(),
        () -> {
          long before = db.sql().sql(READ).query(Long.class).single();
          work.get();
          return db.sql().sql(READ).query(Long.class).single() - before;
        });
  }
}
