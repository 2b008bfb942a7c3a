package dev.talkmill.jobs.read;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.jobs.read.ConversationView.ChunkCounts;
import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Conversations with the counts of their chunks. */
public final class ConversationReads {

  private static final TypeReference<List<Gap>> GAPS = new TypeReference<>() {};

  /**
   * A part that was cut from a chunk answers for its own stretch alone, so that the overlap of
   * neighbours is not counted twice.
   */
  private static final String VIEW =
      """
      SELECT c.*, coalesce(t.gaps, '[]') AS gaps, k.*, h.*
      FROM CONVERSATIONS c
      LEFT JOIN transcript t
        ON t.tenant_id = c.tenant_id AND t.conversation_id = c.id AND t.is_current
      CROSS JOIN LATERAL (
        SELECT count(*) AS total,
               count(*) FILTER (WHERE u.verdict = 'OPEN') AS open,
               count(*) FILTER (WHERE u.verdict = 'TRANSCRIBED') AS transcribed,
               count(*) FILTER (WHERE u.verdict = 'NO_SPEECH') AS no_speech,
               count(*) FILTER (WHERE u.verdict = 'FAILED') AS failed,
               coalesce(sum(u.seconds), 0) AS received,
               coalesce(sum(u.heard), 0) AS heard
        FROM (
          SELECT coalesce(u.seconds, 0) AS seconds,
                 CASE WHEN u.state <> 'SPLIT' THEN u.state ELSE p.verdict END AS verdict,
                 CASE WHEN u.state = 'SPLIT' THEN p.heard
                      WHEN u.state IN ('TRANSCRIBED', 'NO_SPEECH') THEN coalesce(u.seconds, 0)
                      ELSE 0 END AS heard
          FROM conversation_chunk u
          LEFT JOIN LATERAL (
            SELECT CASE WHEN bool_or(p.state = 'OPEN') THEN 'OPEN'
                        WHEN bool_or(p.state = 'TRANSCRIBED') THEN 'TRANSCRIBED'
                        WHEN bool_or(p.state = 'FAILED') THEN 'FAILED'
                        ELSE 'NO_SPEECH' END AS verdict,
                   sum(coalesce(p.owned_end - p.owned_start, p.seconds, 0))
                     FILTER (WHERE p.state IN ('TRANSCRIBED', 'NO_SPEECH')) AS heard
            FROM conversation_chunk p
            WHERE p.tenant_id = u.tenant_id AND p.parent_id = u.id) p ON u.state = 'SPLIT'
          WHERE u.tenant_id = c.tenant_id AND u.conversation_id = c.id AND u.parent_id IS NULL) u
        ) k
      LEFT JOIN LATERAL (
        SELECT p.kind AS held_kind, p.name AS held_name, p.reason AS held_reason,
               p.created_at AS held_since
        FROM (SELECT DISTINCT s.tenant_id, s.stage FROM processing_status s
              WHERE s.tenant_id = c.tenant_id AND s.conversation_id = c.id AND s.state || '' = 'PENDING'
                AND c.outcome IS NULL AND EXISTS (SELECT FROM pause)) s
        JOIN pause p ON %s
        ORDER BY p.kind DESC LIMIT 1) h ON true
      """
          .formatted(WaitingBecause.HOLDS);

  private static final String ONE =
      VIEW.replace("CONVERSATIONS", "conversation") + " WHERE c.tenant_id = :tenant AND c.id = :id";

  /** The page first, then what belongs to it: nothing is counted for conversations beyond it. */
  private static final String PAGE =
      "WITH page AS MATERIALIZED (\n"
          + """
          SELECT * FROM conversation
          WHERE tenant_id = :tenant AND project_id = :project AND id > :after
          ORDER BY id LIMIT :limit)
          """
          + VIEW.replace("CONVERSATIONS", "page")
          + " ORDER BY c.id";

  private static final String EXISTS =
      "SELECT EXISTS (SELECT FROM conversation WHERE tenant_id = :tenant AND id = :id)";

  private final Database database;
  private final String providers;

  /**
   * @param providers who does a stage in this process, where that is a provider
   */
  public ConversationReads(Database database, Map<Stage, String> providers) {
    this.database = database;
    this.providers = WaitingBecause.providers(providers);
  }

  public Optional<ConversationView> find(UUID tenant, UUID id) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(ONE)
                .param("providers", providers)
                .param("tenant", tenant)
                .param("id", id)
                .query(ConversationReads::read)
                .optional());
  }

  public boolean exists(UUID tenant, UUID id) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(EXISTS)
                .param("tenant", tenant)
                .param("id", id)
                .query(Boolean.class)
                .single());
  }

  /** Conversations of a project from the oldest on, after {@code after} or from the start. */
  public List<ConversationView> page(UUID tenant, UUID project, @Nullable UUID after, int limit) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(PAGE)
                .param("providers", providers)
                .param("tenant", tenant)
                .param("project", project)
                .param("after", Start.orAfter(after))
                .param("limit", limit)
                .query(ConversationReads::read)
                .list());
  }

  private static ConversationView read(ResultSet row, int number) throws SQLException {
    String outcome = row.getString("outcome");
    boolean finished = row.getBoolean("is_finished");
    return new ConversationView(
        row.getObject("id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getString("title"),
        row.getString("summary"),
        state(finished, outcome),
        outcome,
        finished,
        row.getBoolean("is_all_chunks_transcribed"),
        row.getLong("generation"),
        row.getLong("transcript_generation"),
        row.getLong("summary_generation"),
        row.getDouble("received"),
        row.getDouble("heard"),
        Json.readList(row.getString("gaps"), GAPS),
        new ChunkCounts(
            row.getLong("total"),
            row.getLong("open"),
            row.getLong("transcribed"),
            row.getLong("no_speech"),
            row.getLong("failed")),
        waitingBecause(row),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }

  private static @Nullable WaitingBecause waitingBecause(ResultSet row) throws SQLException {
    String kind = row.getString("held_kind");
    return kind == null
        ? null
        : new WaitingBecause(
            WaitingBecause.CAUSE,
            kind,
            row.getString("held_name"),
            row.getString("held_reason"),
            row.getObject("held_since", OffsetDateTime.class).toInstant());
  }

  private static String state(boolean finished, @Nullable String outcome) {
    if (!finished) {
      return "recording";
    }
    return outcome == null ? "processing" : "settled";
  }
}
