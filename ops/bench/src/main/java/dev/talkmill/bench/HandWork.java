package dev.talkmill.bench;

import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.pipeline.id.Uuids;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A journey in plain JDBC on Talkmill's own tables, as a good engineer writes it who wants the same
 * rows in the end and no more: one durable transaction a stage, claims taken by others.
 *
 * <p>Per chunk, statements of one transaction in brackets:
 *
 * <ul>
 *   <li>accept: [conversation's lock, place and generation in one UPDATE; chunk; spool; ledger row]
 *   <li>STORE: chunk read; spool read; [lock conversation; chunk stored; spool deleted; row
 *       completed; PREPARE inserted as claimed]
 *   <li>PREPARE: chunk read; [lock conversation; chunk prepared; first chunk looked up, and behind
 *       the first its early slices; row completed; TRANSCRIBE inserted as claimed]
 *   <li>TRANSCRIBE: chunk read; project read; [provider call begun]; [lock conversation; provider
 *       call done; chunk ended; conversation's generation; chunk_transcript; row completed; open
 *       chunks looked for; AGGREGATE inserted if there are none]
 * </ul>
 *
 * <p>Per conversation: [inserted]; [finished; lock; generation; open chunks looked for]; AGGREGATE:
 * results read; [lock; transcript's generation; earlier version retired; next version; transcript;
 * segments; links; row completed; SUMMARIZE inserted as claimed]; SUMMARIZE: texts read; project
 * read; [provider call begun]; [lock; provider call done; gaps looked for; conversation settled;
 * row completed; open chunks looked for].
 *
 * <p>The events of the ledger's rows are written by its triggers, as for Talkmill. What it does not
 * do: renew or look at leases, fence writes by epoch, take a role or a tenant (it is the owner,
 * whom row-level security does not bind), bound the spool, retry, count crashes, limit stages, or
 * show its work in a dashboard. Each write that must meet a row fails if it does not.
 */
final class HandWork {

  private static final String CLAIM =
      """
      UPDATE processing_status p
      SET state = 'PROCESSING', started_at = clock_timestamp(), updated_at = clock_timestamp(),
          lease_until = clock_timestamp() + interval '1 day'
      """;

  private static final String CLAIM_ONE =
      CLAIM + "WHERE tenant_id = ? AND id = ? AND state = 'PENDING' RETURNING " + HandRow.COLUMNS;

  private static final String CLAIM_DUE =
      """
      WITH due AS MATERIALIZED (
        SELECT tenant_id, id FROM processing_status
        WHERE state = 'PENDING' AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT ? FOR UPDATE SKIP LOCKED)
      """
          + CLAIM
          + "FROM due WHERE p.tenant_id = due.tenant_id AND p.id = due.id RETURNING "
          + HandRow.COLUMNS;

  private static final String CALL_BEGUN =
      """
      INSERT INTO provider_call
        (tenant_id, id, status_id, epoch, conversation_id, provider, model, seconds, deadline)
      VALUES (?, ?, ?, 0, ?, ?, ?, ?, clock_timestamp() + interval '5 minutes')
      """;

  private static final String CALL_DONE =
      """
      UPDATE provider_call SET state = 'DONE', finished_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ?
      """;

  private final Jdbc jdbc;
  private final Queue queue;
  private final Summaries summaries;
  private final HandChunks chunks;
  private final HandTranscripts transcripts;

  /** What carries rows to {@link #journey}: told of every row that is due. */
  interface Queue {
    /** In the transaction that inserts the row. */
    void insideTransaction(Connection connection, HandRow row) throws SQLException;

    /** When that transaction has committed. */
    void afterCommit(HandRow row);
  }

  HandWork(Jdbc jdbc, Scratch scratch, Queue queue, Summaries summaries) {
    this.jdbc = jdbc;
    this.queue = queue;
    this.summaries = summaries;
    this.chunks = new HandChunks(jdbc, scratch, this);
    this.transcripts = new HandTranscripts(jdbc, this);
  }

  /** Takes at most {@code max} of the rows that have waited longest. */
  List<HandRow> claimDue(int max) throws SQLException {
    return jdbc.query(HandRow::read, CLAIM_DUE, max);
  }

  /** Takes this one. */
  HandRow claim(UUID tenant, UUID id) throws SQLException {
    return jdbc.query(HandRow::read, CLAIM_ONE, tenant, id).getFirst();
  }

  /** Carries the subject of a claimed row as far as it goes. */
  void journey(HandRow claimed) throws SQLException {
    @Nullable HandRow row = claimed;
    while (row != null) {
      row =
          switch (row.stage()) {
            case STORE -> chunks.store(row);
            case PREPARE -> chunks.prepare(row);
            case TRANSCRIBE -> enqueued(chunks.transcribe(row));
            case AGGREGATE -> transcripts.aggregate(row);
            case SUMMARIZE -> {
              transcripts.summarize(row);
              summaries.made(row.conversation());
              yield null;
            }
            case ERASE -> throw new IllegalStateException("nothing is erased");
          };
    }
  }

  /** Tells the queue of rows while their transaction is open. */
  void enqueue(Connection connection, List<HandRow> rows) throws SQLException {
    for (HandRow row : rows) {
      queue.insideTransaction(connection, row);
    }
  }

  private @Nullable HandRow enqueued(List<HandRow> rows) {
    rows.forEach(queue::afterCommit);
    return null;
  }

  /** An answer, and the call that it came of. */
  record Answered<T>(T answer, UUID call) {}

  /** Calls a provider, with its intent recorded before; its end is for {@link #done}. */
  <T> Answered<T> call(HandRow row, String provider, String model, double seconds, Supplier<T> call)
      throws SQLException {
    UUID id = Uuids.v7(Clock.systemUTC());
    jdbc.update(
        CALL_BEGUN, row.tenant(), id, row.id(), row.conversation(), provider, model, seconds);
    return new Answered<>(call.get(), id);
  }

  /** Notes the end of a call in the transaction that writes what came of it. */
  static void done(Connection connection, HandRow row, Answered<?> answered) throws SQLException {
    Jdbc.updateOne(connection, CALL_DONE, row.tenant(), answered.call());
  }
}
