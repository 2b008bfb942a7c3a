package dev.talkmill.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Years of a busy installation, made by SQL: tenants with one project each, finished ledger rows,
 * and rows that wait. Ids follow from numbers, so that no statement has to look one up. Triggers
 * and foreign keys are off while rows are made; afterwards the tables are vacuumed and analysed, as
 * autovacuum would.
 */
final class History {

  /** Connections that load at once. */
  private static final int LOADERS = 2;

  /** The number of the first finished row: those before it would be of the chunks made first. */
  private static final int START = 60;

  /**
   * Rows of each tenant that a statement makes: all tenants grow at once, as they would, and every
   * index at as many places as there are tenants.
   */
  private static final int SLICE = 60;

  /** Of a conversation. */
  private static final int WAITING_CHUNKS_OF_ONE = 20;

  private static final String TENANTS =
      """
      INSERT INTO tenant (id, name)
      SELECT md5('t' || n)::uuid, 't' || n FROM generate_series(1, :tenants) AS n
      """;

  private static final String PROJECTS =
      """
      INSERT INTO project (tenant_id, id, name)
      SELECT md5('t' || n)::uuid, md5('t' || n)::uuid, 'p'
      FROM generate_series(1, :tenants) AS n
      """;

  /** As version 7 has it: the time first, so that what comes later has the greater id. */
  private static final String IDS =
      """
      CREATE FUNCTION bench_id(tenant uuid, kind text, n integer) RETURNS uuid LANGUAGE sql STABLE
      RETURN (lpad(to_hex(n), 12, '0') || substr(md5(tenant || kind || n), 13))::uuid
      """;

  /** The tenants, and the numbers of a slice of their rows with the time at which each ended. */
  private static final String MADE =
      """
      FROM (SELECT md5('t' || n)::uuid AS tenant FROM generate_series(1, :tenants) AS n) t
      CROSS JOIN generate_series(:from, :to - 1) AS i
      CROSS JOIN LATERAL (SELECT now() - interval '60 days' * (1 - i / :most::float8) AS at) x
      """;

  /** Three a chunk. */
  private static final String FINISHED =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, state, outcome,
         epoch, job_id, next_attempt_at, created_at, updated_at, started_at, finished_at,
         duration_ms)
      SELECT tenant, uuidv7(at - now()), tenant, bench_id(tenant, 'c', i / 60),
             bench_id(tenant, 'k', i / 3), (ARRAY['STORE', 'PREPARE', 'TRANSCRIBE'])[1 + i % 3],
             1, 'COMPLETED', 'ok', 2, uuidv7(at - now()), at, at, at, at, at, 40
      """
          + MADE;

  /** One for five rows: events are kept for a third as long as rows, and some are dropped. */
  private static final String EVENTS =
      """
      INSERT INTO processing_event (tenant_id, conversation_id, status_id, event, data, created_at)
      SELECT tenant, bench_id(tenant, 'c', i / 60), bench_id(tenant, 'r', i),
             'stage.completed',
             jsonb_build_object('id', bench_id(tenant, 'r', i), 'stage', 'TRANSCRIBE',
               'subject_id', bench_id(tenant, 'k', i / 3), 'generation', 1,
               'state', 'COMPLETED', 'outcome', 'ok', 'cause', null, 'error_code', null,
               'error_message', null, 'attempts', 0, 'next_attempt_at', null, 'progress', null,
               'started_at', at, 'finished_at', at, 'duration_ms', 40),
             now() - interval '1 day'
      """
          + MADE
          + " WHERE i % 5 = 0";

  private static final String CHUNKS =
      """
      INSERT INTO conversation_chunk
        (tenant_id, id, conversation_id, source, ordinal, state, bytes, sha256, media_type,
         storage_key, seconds, accepted_at, updated_at)
      SELECT tenant, bench_id(tenant, 'k', i / 3), bench_id(tenant, 'c', i / 60),
             'PORTAL_AUDIO', 1 + i % 60 / 3, 'TRANSCRIBED', 16384, repeat('0', 64), 'audio/webm',
             't/' || tenant || '/c/' || bench_id(tenant, 'c', i / 60) || '/k/'
               || bench_id(tenant, 'k', i / 3), 10, at, at
      """
          + MADE
          + " WHERE i % 3 = 0";

  private static final String CONVERSATIONS =
      """
      INSERT INTO conversation
        (tenant_id, id, project_id, is_finished, finished_by, is_all_chunks_transcribed,
         generation, transcript_generation, summary_generation, outcome, settled_count,
         next_ordinal, last_activity_at, created_at, updated_at)
      SELECT tenant, bench_id(tenant, 'c', i / 60), tenant, true, 'host', true,
             42, 42, 42, 'ok', 1, 21, at, at, at
      """
          + MADE
          + " WHERE i % 60 = 0";

  /** Chunks that are stored and prepared and wait for the speech engine, in four classes. */
  private static final String WAITING_CHUNKS =
      """
      INSERT INTO conversation_chunk
        (tenant_id, id, conversation_id, source, ordinal, bytes, sha256, media_type, storage_key,
         seconds, accepted_at, updated_at)
      SELECT tenant, bench_id(tenant, 'b', i), bench_id(tenant, 'w', i % :talks),
             'PORTAL_AUDIO', 1 + i / :talks, 16384, repeat('0', 64), 'audio/webm',
             't/' || tenant || '/c/' || bench_id(tenant, 'w', i % :talks) || '/k/'
               || bench_id(tenant, 'b', i), 10,
             now() - interval '1 hour', now() - interval '1 hour'
      """
          + MADE;

  private static final String WAITING_ROWS =
      """
      INSERT INTO processing_status
        (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority,
         next_attempt_at, created_at, updated_at)
      SELECT tenant, uuidv7(), tenant, bench_id(tenant, 'w', i % :talks),
             bench_id(tenant, 'b', i), 'TRANSCRIBE', 1, i % 4,
             now() - interval '1 hour' + i * interval '1 millisecond',
             now() - interval '1 hour', now() - interval '1 hour'
      """
          + MADE;

  /** Every second one is finished; of the others it is as if their last chunk had just come. */
  private static final String WAITING_CONVERSATIONS =
      """
      INSERT INTO conversation
        (tenant_id, id, project_id, is_finished, finished_by, generation, next_ordinal,
         last_activity_at)
      SELECT tenant, bench_id(tenant, 'w', i), tenant, i % 2 = 0,
             CASE WHEN i % 2 = 0 THEN 'host' END, 21, 21, now() + interval '1 day'
      """
          + MADE
          + " WHERE i < :talks";

  private static final String SETTLE =
      "VACUUM (ANALYZE) processing_status, processing_event, conversation, conversation_chunk";

  private final Upkeep upkeep;
  private final int tenants;
  private final int rowsMost;
  private int rows;

  /**
   * Rows of this many tenants; to begin with, none in the ledger, and one stored chunk of each.
   *
   * @param rowsMost finished rows of a tenant in the end
   */
  History(Upkeep upkeep, int tenants, int rowsMost) throws Exception {
    this.upkeep = upkeep;
    this.tenants = tenants;
    this.rowsMost = START + rowsMost;
    execute(IDS, TENANTS, PROJECTS, "ANALYZE tenant, project");
    load(List.of(CONVERSATIONS, CHUNKS), 0, 1);
  }

  /** Makes finished rows until every tenant has {@code each}, with what they are about. */
  void finished(int each) throws Exception {
    load(List.of(CONVERSATIONS, CHUNKS, FINISHED, EVENTS), START + rows, START + each);
    rows = each;
  }

  /** Makes {@code each} waiting rows of every tenant, with their chunks, 20 a conversation. */
  void waiting(int each) throws Exception {
    String talks = String.valueOf(Math.ceilDiv(each, WAITING_CHUNKS_OF_ONE));
    load(
        Stream.of(WAITING_CONVERSATIONS, WAITING_CHUNKS, WAITING_ROWS)
            .map(insert -> insert.replace(":talks", talks))
            .toList(),
        0,
        each);
  }

  private void load(List<String> inserts, int from, int to) throws Exception {
    try (ExecutorService loaders = Executors.newFixedThreadPool(LOADERS)) {
      List<Future<?>> slices = new ArrayList<>();
      for (int first = from; first < to; first += SLICE) {
        String[] slice = slice(inserts, first, Math.min(to, first + SLICE));
        slices.add(loaders.submit(() -> execute(slice)));
      }
      for (Future<?> slice : slices) {
        slice.get();
      }
    }
    execute(SETTLE);
    execute("CHECKPOINT");
  }

  private static String[] slice(List<String> inserts, int from, int to) {
    return inserts.stream()
        .map(insert ->
            insert.replace(":from", String.valueOf(from)).replace(":to", String.valueOf(to)))
        .toArray(String[]::new);
  }

  private void execute(String... statements) {
    upkeep.execute(
        Arrays.stream(statements)
            .map(statement ->
                statement
                    .replace(":tenants", String.valueOf(tenants))
                    .replace(":most", String.valueOf(rowsMost)))
            .toArray(String[]::new));
  }
}
