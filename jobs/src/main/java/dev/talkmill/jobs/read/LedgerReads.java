package dev.talkmill.jobs.read;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Ledger rows as readers see them, as the JSON that events carry too. */
public final class LedgerReads {

  /** Why a row waits is not part of its events: it changes without the row. */
  private static final String VIEW =
      """
      SELECT s.id,
             status_json(s) || jsonb_build_object(
               'conversation_id', s.conversation_id,
               'waiting_because', CASE WHEN s.state = 'PENDING' THEN (
                 SELECT jsonb_build_object('cause', '%s', 'kind', p.kind, 'name', p.name,
                                           'reason', p.reason, 'since', utc(p.created_at))
                 FROM pause p WHERE %s
                 ORDER BY p.kind DESC LIMIT 1) END) AS view
      FROM processing_status s WHERE s.tenant_id = :tenant
      """
          .formatted(WaitingBecause.CAUSE, WaitingBecause.HOLDS);

  private static final String ONE = VIEW + " AND s.id = :id";

  private static final String OF_CONVERSATION =
      VIEW
          + """
           AND s.conversation_id = :conversation AND s.id > :after
          ORDER BY s.id LIMIT :limit
          """;

  /** The state is written out, for an index of one state is not used for a parameter. */
  private static final String ENDED =
      VIEW
          + """
           AND s.state = 'STATE' AND s.id > :after
          ORDER BY s.id LIMIT :limit
          """;

  /** Few may be open among very many that have ended: the open ones first, by their index. */
  private static final String OPEN =
      """
      WITH open AS MATERIALIZED (
        SELECT id, state FROM processing_status
        WHERE tenant_id = :tenant AND state IN ('PENDING', 'QUEUED', 'PROCESSING'))
      """
          + VIEW
          + """
           AND s.id = ANY (ARRAY(
            SELECT id FROM open WHERE state = 'STATE' AND id > :after ORDER BY id LIMIT :limit))
          ORDER BY s.id
          """;

  private final Database database;
  private final String providers;

  /**
   * @param providers who does a stage in this process, where that is a provider
   */
  public LedgerReads(Database database, Map<Stage, String> providers) {
    this.database = database;
    this.providers = WaitingBecause.providers(providers);
  }

  /**
   * A row.
   *
   * @param json the row as readers see it, an object
   */
  public record StatusView(UUID id, String json) {}

  public Optional<StatusView> find(UUID tenant, UUID id) {
    return database.inTenant(
        tenant, () -> with(ONE).param("id", id).query(LedgerReads::read).optional());
  }

  public List<StatusView> ofConversation(
      UUID tenant, UUID conversation, @Nullable UUID after, int limit) {
    return database.inTenant(
        tenant,
        () ->
            with(OF_CONVERSATION)
                .param("conversation", conversation)
                .param("after", Start.orAfter(after))
                .param("limit", limit)
                .query(LedgerReads::read)
                .list());
  }

  public List<StatusView> inState(UUID tenant, State state, @Nullable UUID after, int limit) {
    return database.inTenant(
        tenant,
        () ->
            with(inState(state))
                .param("after", Start.orAfter(after))
                .param("limit", limit)
                .query(LedgerReads::read)
                .list());
  }

  private static String inState(State state) {
    String page =
        switch (state) {
          case PENDING, QUEUED, PROCESSING -> OPEN;
          case COMPLETED, FAILED, CANCELLED -> ENDED;
        };
    return page.replace("STATE", state.name());
  }

  private StatementSpec with(String statement) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", database.tenant())
        .param("providers", providers);
  }

  private static StatusView read(ResultSet row, int number) throws SQLException {
    return new StatusView(row.getObject("id", UUID.class), row.getString("view"));
  }
}
