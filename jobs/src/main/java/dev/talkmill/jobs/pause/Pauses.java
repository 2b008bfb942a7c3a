package dev.talkmill.jobs.pause;

import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Pauses and resumes. What runs ends; what is due waits, with its place in line and its attempts as
 * they are. Told here, it holds in this process at once and in every other within a poll.
 */
public final class Pauses {

  private static final String FIND = "SELECT * FROM pause WHERE kind = :kind AND name = :name";

  /** A pause of the installation stays one: a tenant's administrator changes nothing of it. */
  private static final String PUT =
      """
      INSERT INTO pause (kind, name, reason, created_by, by_installation)
      VALUES (:kind, :name, :reason, :actor, :installation)
      ON CONFLICT (kind, name) DO UPDATE
      SET reason = excluded.reason,
          by_installation = pause.by_installation OR excluded.by_installation
      WHERE excluded.by_installation OR NOT pause.by_installation
      RETURNING *
      """;

  private static final String DELETE =
      """
      DELETE FROM pause
      WHERE kind = :kind AND name = :name AND (:installation OR NOT by_installation)
      """;

  private static final String LIST =
      """
      SELECT * FROM pause
      WHERE CAST(:kind AS text) IS NULL OR (kind, name) > (CAST(:kind AS text), CAST(:name AS text))
      ORDER BY kind, name LIMIT :limit
      """;

  private static final String TENANT_EXISTS =
      "SELECT EXISTS (SELECT FROM tenant WHERE id = CAST(:name AS uuid))";

  private static final String AUDIT =
      """
      INSERT INTO audit_log (tenant_id, actor, action, subject_id, detail)
      VALUES (:tenant, :actor, :action, :tenant,
              jsonb_build_object('kind', CAST(:kind AS text), 'name', CAST(:name AS text),
                                 'reason', CAST(:reason AS text)))
      """;

  private final Database database;
  private final Holds holds;
  private final DueSignal signal;

  public Pauses(Database database, Holds holds, DueSignal signal) {
    this.database = database;
    this.holds = holds;
    this.signal = signal;
  }

  /** What is paused; the name of a tenant is its id. */
  public record Target(Kind kind, String name) {}

  /**
   * Who asks.
   *
   * @param actor for the audit log
   * @param installation whether for the whole installation, and not for one tenant of it
   */
  public record Operator(String actor, UUID tenant, boolean installation) {}

  /** What became of a request to pause. */
  public sealed interface Answer {
    record Held(Pause pause) implements Answer {}

    /** No tenant, no stage, or no provider that serves this process. */
    record UnknownName() implements Answer {}

    /** It is the installation's, and the operator a tenant's. */
    record OfInstallation() implements Answer {}
  }

  /** What became of a request to resume. */
  public enum Resumed {
    DONE,
    WAS_NOT_PAUSED,
    UNKNOWN_NAME,
    OF_INSTALLATION
  }

  /** What this process knows of it. */
  public Holds holds() {
    return holds;
  }

  /** Pauses; a pause that stands gets the new reason and keeps its time. */
  public Answer pause(Target target, String reason, Operator operator) {
    Answer answer =
        database.inSystem(() -> {
          Optional<Pause> before = with(FIND, target).query(Pauses::read).optional();
          if (before.isEmpty() && !isKnown(target)) {
            return new Answer.UnknownName();
          }
          Optional<Pause> after =
              with(PUT, target)
                  .param("reason", reason)
                  .param("actor", operator.actor())
                  .param("installation", operator.installation())
                  .query(Pauses::read)
                  .optional();
          if (after.isPresent() && !after.equals(before)) {
            audit("pause", target, reason, operator);
          }
          return after.<Answer>map(Answer.Held::new).orElseGet(Answer.OfInstallation::new);
        });
    changed();
    return answer;
  }

  /** Resumes; what waited is dispatched at once, by whichever relay has the turn. */
  public Resumed resume(Target target, Operator operator) {
    Resumed resumed =
        database.inSystem(() -> {
          Optional<Pause> before = with(FIND, target).query(Pauses::read).optional();
          if (before.isEmpty()) {
            return isKnown(target) ? Resumed.WAS_NOT_PAUSED : Resumed.UNKNOWN_NAME;
          }
          int deleted =
              with(DELETE, target).param("installation", operator.installation()).update();
          if (deleted == 0) {
            return Resumed.OF_INSTALLATION;
          }
          audit("resume", target, before.get().reason(), operator);
          return Resumed.DONE;
        });
    changed();
    return resumed;
  }

  /** Every pause behind one, in the order of kind and name; null begins at the first. */
  public List<Pause> list(@Nullable Target after, int limit) {
    return database.inSystem(() -> page(after, limit));
  }

  /** The pauses that can hold a tenant's work: its own, and those of stages and providers. */
  public List<Pause> listOf(UUID tenant, @Nullable Target after, int limit) {
    return database.inTenant(tenant, () -> page(after, limit));
  }

  private List<Pause> page(@Nullable Target after, int limit) {
    return database
        .sql()
        .sql(LIST)
        .param("kind", after == null ? null : after.kind().code())
        .param("name", after == null ? null : after.name())
        .param("limit", limit)
        .query(Pauses::read)
        .list();
  }

  private boolean isKnown(Target target) {
    return switch (target.kind()) {
      case TENANT ->
          database
              .sql()
              .sql(TENANT_EXISTS)
              .param("name", target.name())
              .query(Boolean.class)
              .single();
      case STAGE ->
          Arrays.stream(Stage.values()).anyMatch(stage -> stage.name().equals(target.name()));
      case PROVIDER -> holds.providers().containsValue(target.name());
    };
  }

  /** This process need not wait for its relay to know, and no relay for its poll. */
  private void changed() {
    refresh();
    signal.rowsDue();
  }

  /** Reads anew what is paused; before anything is claimed, and where the relay does not. */
  public void refresh() {
    database.inSystem(() ->
        holds.look(() ->
            database
                .sql()
                .sql("SELECT " + Holds.COLUMN)
                .query((row, number) -> {
                  holds.learn(row);
                  return true;
                })
                .single()));
  }

  /** Noted with the tenant that it is about, or else with the operator's. */
  private void audit(String action, Target target, String reason, Operator operator) {
    UUID tenant = target.kind() == Kind.TENANT ? UUID.fromString(target.name()) : operator.tenant();
    with(AUDIT, target)
        .param("tenant", tenant)
        .param("actor", operator.actor())
        .param("action", action)
        .param("reason", reason)
        .update();
  }

  private StatementSpec with(String statement, Target target) {
    return database
        .sql()
        .sql(statement)
        .param("kind", target.kind().code())
        .param("name", target.name());
  }

  private static Pause read(ResultSet row, int number) throws SQLException {
    return new Pause(
        Kind.of(row.getString("kind")).orElseThrow(),
        row.getString("name"),
        row.getString("reason"),
        row.getString("created_by"),
        row.getBoolean("by_installation"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}
