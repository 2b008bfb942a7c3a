package dev.talkmill.jobs.conversation;

import dev.talkmill.jobs.ledger.FailedRows;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Write;
import dev.talkmill.pipeline.conversation.Convergence;
import dev.talkmill.pipeline.conversation.Convergence.Settling;
import dev.talkmill.pipeline.conversation.ConversationFacts;
import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.ledger.Priority;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Generations of conversations. Every change of content goes through {@link #changed}, every path
 * that can close the condition through {@link #scheduleIfBehind}; both need the row's lock.
 */
public final class Conversations {

  private static final String COLUMNS =
      "id, project_id, is_finished, expected_chunks, generation, transcript_generation,"
          + " summary_generation, settled_count, next_ordinal";

  /** NO KEY: inserts of children take a key share on the row and need not wait. */
  private static final String LOCK =
      "SELECT "
          + COLUMNS
          + " FROM conversation WHERE tenant_id = :tenant AND id = :id FOR NO KEY UPDATE";

  /**
   * Lets others change the conversation and keeps out {@link #LOCK_AGAINST_ENDS} alone: the lock
   * that foreign keys take.
   */
  private static final String SHARE =
      "SELECT 1 FROM conversation WHERE tenant_id = :tenant AND id = :id FOR KEY SHARE";

  /**
   * Whoever cancels rows must know that none of them is just being ended and followed by another.
   */
  private static final String LOCK_AGAINST_ENDS =
      "SELECT " + COLUMNS + " FROM conversation WHERE tenant_id = :tenant AND id = :id FOR UPDATE";

  /**
   * How a conversation stands, in a statement after the one that took the lock. In one statement
   * with it, the check would keep the snapshot from before the wait and miss what the other
   * transaction did.
   */
  private static final String LOOK =
      "SELECT "
          + COLUMNS
          + """
          , EXISTS (SELECT FROM conversation_chunk k
                    WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                      AND k.state = 'OPEN') AS open_chunks,
            expected_chunks IS NOT NULL AND
              (SELECT count(*) FROM conversation_chunk k
               WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                 AND k.parent_id IS NULL) < expected_chunks AS waits
          FROM conversation c WHERE tenant_id = :tenant AND id = :id
          """;

  /** What a chunk changes when it is taken in; the place it took is given to nobody else. */
  private static final String ACCEPTED =
      """
      UPDATE conversation c
      SET next_ordinal = next_ordinal + 1, last_activity_at = clock_timestamp(),
          generation = generation + 1, outcome = NULL, updated_at = clock_timestamp(),
          is_all_chunks_transcribed = NOT EXISTS (
            SELECT FROM conversation_chunk k
            WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id AND k.state = 'OPEN')
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String CHANGED =
      """
      UPDATE conversation c
      SET generation = generation + 1, outcome = NULL, updated_at = clock_timestamp(),
          is_all_chunks_transcribed =
            EXISTS (SELECT FROM conversation_chunk k
                    WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id)
            AND NOT EXISTS (SELECT FROM conversation_chunk k
                            WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                              AND k.state = 'OPEN')
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String FINISH =
      """
      UPDATE conversation
      SET is_finished = true, finished_by = coalesce(finished_by, :by),
          expected_chunks = :expected, last_activity_at = clock_timestamp(),
          updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String TRANSCRIPT_MADE =
      """
      UPDATE conversation
      SET transcript_generation = :generation, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND transcript_generation < :generation
      """;

  /** One statement settles: an outcome is said only if nothing newer has come meanwhile. */
  private static final String SETTLE =
      """
      UPDATE conversation
      SET summary_generation = :generation, summary = :summary, summary_model = :model,
          title = CASE WHEN title_by_person THEN title ELSE coalesce(:title, title) END,
          outcome = CASE WHEN generation = :generation AND is_finished THEN :outcome END,
          settled_count = settled_count + 1, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND summary_generation < :generation
        AND transcript_generation >= :generation
      """;

  private static final Settling AT_ONCE = new Settling(Duration.ZERO, Duration.ZERO);

  private final Database database;
  private final Ledger ledger;
  private final FailedRows failedRows;
  private final Settling settling;

  public Conversations(Database database, Ledger ledger, Settling settling) {
    this.database = database;
    this.ledger = ledger;
    this.failedRows = new FailedRows(database);
    this.settling = settling;
  }

  /** Takes the row; empty if there is none, or it is another tenant's. */
  public Optional<LockedConversation> lock(UUID id) {
    return with(LOCK, id).query(Conversations::read).optional();
  }

  /**
   * Takes the row against everybody, also those who only {@link #share} it: for a transaction that
   * cancels rows of chunks.
   */
  public Optional<LockedConversation> lockAgainstEnds(UUID id) {
    return with(LOCK_AGAINST_ENDS, id).query(Conversations::read).optional();
  }

  /** Keeps {@link #lockAgainstEnds} out until this transaction ends; in a later round trip. */
  public void share(UUID id) {
    write(SHARE, id).later();
  }

  /** Looks, under the lock that this transaction holds, whether something is behind. */
  public void lookAgain(UUID id) {
    with(LOOK, id)
        .query((row, number) -> {
          LockedConversation conversation = read(row, number);
          return new Seen(conversation, facts(conversation, row));
        })
        .optional()
        .ifPresent(
            seen -> schedule(seen.conversation(), Convergence.decide(seen.facts(), settling)));
  }

  private record Seen(LockedConversation conversation, ConversationFacts facts) {}

  /** Notes a change of content: everything derived is behind from here on. */
  public LockedConversation changed(LockedConversation conversation) {
    write(CHANGED, conversation.id()).later();
    return conversation.changed();
  }

  /** Notes that a chunk has taken the conversation's next place. */
  public LockedConversation accepted(LockedConversation conversation) {
    write(ACCEPTED, conversation.id()).later();
    return conversation.accepted();
  }

  public LockedConversation finish(
      LockedConversation conversation, String by, @Nullable Integer expected) {
    write(FINISH, conversation.id()).param("by", by).param("expected", expected).later();
    return changed(conversation.finished(expected));
  }

  /** Compares what is derived with what it is derived from, and schedules what is behind. */
  public Convergence scheduleIfBehind(LockedConversation conversation) {
    return schedule(conversation, settling);
  }

  /** The same without letting changes settle: an operator asked for it and waits. */
  public Convergence scheduleAtOnce(LockedConversation conversation) {
    return schedule(conversation, AT_ONCE);
  }

  private Convergence schedule(LockedConversation conversation, Settling settles) {
    return schedule(conversation, Convergence.decide(facts(conversation), settles));
  }

  private Convergence schedule(LockedConversation conversation, Convergence verdict) {
    if (verdict instanceof Convergence.Behind behind) {
      supersedeFailed(conversation);
      ledger.schedule(
          new NewRow(
              conversation.project(),
              conversation.id(),
              conversation.id(),
              behind.stage(),
              conversation.generation(),
              Priority.LIVE,
              behind.settle()));
    }
    return verdict;
  }

  /** What has failed for an earlier generation is not to be mended: a newer one is to be made. */
  public void supersedeFailed(LockedConversation conversation) {
    failedRows.supersede(conversation.id(), conversation.generation());
  }

  /** What the rule says of a conversation, without acting on it. */
  public Convergence verdict(LockedConversation conversation) {
    return Convergence.decide(facts(conversation), settling);
  }

  /**
   * Records which generation the transcript was made from.
   *
   * @return false if one of this or a newer generation stands already
   */
  public boolean transcriptMade(UUID id, long generation) {
    return with(TRANSCRIPT_MADE, id).param("generation", generation).update() == 1;
  }

  /**
   * Records the last derived thing and, where nothing newer has come, how the conversation ended.
   *
   * @return false if one of this or a newer generation stands already
   */
  public boolean settle(UUID id, long generation, Settlement settlement) {
    return with(SETTLE, id)
            .param("generation", generation)
            .param("summary", settlement.summary())
            .param("model", settlement.model())
            .param("title", settlement.title())
            .param("outcome", settlement.outcome().code())
            .update()
        == 1;
  }

  /** How a generation ended; the summary is null where there is nothing to summarise. */
  public record Settlement(
      Outcome outcome, @Nullable String summary, @Nullable String title, @Nullable String model) {

    public static Settlement without(Outcome outcome) {
      return new Settlement(outcome, null, null, null);
    }
  }

  private ConversationFacts facts(LockedConversation conversation) {
    return with(LOOK, conversation.id())
        .query((row, number) -> facts(read(row, number), row))
        .single();
  }

  private static ConversationFacts facts(LockedConversation conversation, ResultSet row)
      throws SQLException {
    return new ConversationFacts(
        conversation.finished(),
        row.getBoolean("waits"),
        row.getBoolean("open_chunks"),
        conversation.generation(),
        conversation.transcriptGeneration(),
        conversation.summaryGeneration(),
        conversation.settledCount());
  }

  private Write write(String statement, UUID id) {
    return database.write(statement).param("tenant", database.tenant()).param("id", id);
  }

  private StatementSpec with(String statement, UUID id) {
    return database.sql().sql(statement).param("tenant", database.tenant()).param("id", id);
  }

  private static LockedConversation read(ResultSet row, int number) throws SQLException {
    return new LockedConversation(
        row.getObject("id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getBoolean("is_finished"),
        row.getObject("expected_chunks", Integer.class),
        row.getLong("generation"),
        row.getLong("transcript_generation"),
        row.getLong("summary_generation"),
        row.getInt("settled_count"),
        row.getLong("next_ordinal"));
  }
}
