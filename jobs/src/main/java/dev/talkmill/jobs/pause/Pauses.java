package dev.talkmill.jobs.pause;

import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Pauses and resumes. What runs ends; what is due waits, with its place in line and its attempts as
 * they are. Once a pause is committed no claim takes what it holds, in any process; each relay
 * leaves such rows alone from its next pass on.
 */
public final class Pauses {

  private static final String FIND = "SELECT * FROM pause WHERE kind = :kind AND name = :name";

  /** Paused tenants: each pass of every relay reads them all, and steps over what waits of them. */
  static final int TENANTS_MAX = 1_000;

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

  private static final String COUNT_TENANTS = "SELECT count(*) FROM pause WHERE kind = 'tenant'";

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

    /** So many tenants are paused already that one more is not taken. */
    record TooMany(int most) implements Answer {}
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

  /**
   * Pauses; a pause that stands gets the new reason and keeps its time.
   *
   * @param reason 1 to {@link Pause#REASON_CHARS_MAX} characters once it is {@linkplain Pause#clean
   *     cleaned}
   */
  public Answer pause(Target target, String reason, Operator operator) {
    String kept = Pause.clean(reason);
    if (kept.isEmpty() || kept.codePointCount(0, kept.length()) > Pause.REASON_CHARS_MAX) {
      throw new IllegalArgumentException(
          "a reason of 1 to " + Pause.REASON_CHARS_MAX + " characters is needed");
    }
    Answer answer = database.inSystem(() -> put(target, kept, operator));
    changed();
    return answer;
  }

  private Answer put(Target target, String reason, Operator operator) {
    Optional<Pause> before = with(FIND, target).query(Pause::read).optional();
    if (before.isEmpty()) {
      if (!isKnown(target)) {
        return new Answer.UnknownName();
      }
      if (target.kind() == Kind.TENANT && pausedTenants() >= TENANTS_MAX) {
        return new Answer.TooMany(TENANTS_MAX);
      }
    }
    Optional<Pause> after =
        with(PUT, target)
            .param("reason", reason)
            .param("actor", operator.actor())
            .param("installation", operator.installation())
            .query(Pause::read)
            .optional();
    if (after.isPresent() && !after.equals(before)) {
      audit("pause", target, reason, operator);
    }
    return after.<Answer>map(Answer.Held::new).orElseGet(Answer.OfInstallation::new);
  }

  /** Resumes; what waited is dispatched at once, by whichever relay has the turn. */
  public Resumed resume(Target target, Operator operator) {
    Resumed resumed =
        database.inSystem(() -> {
          Optional<Pause> before = with(FIND, target).query(Pause::read).optional();
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

  private int pausedTenants() {
    return database.sql().sql(COUNT_TENANTS).query(Integer.class).single();
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
}
