package dev.talkmill.jobs.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.ledger.NewRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.JourneyRequest;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The durable core without a thread of its own: a test moves rows by hand. */
public final class Bench {

  private final Database database;
  private final Core core;
  private final Home home;
  private final Seen seen;

  public Bench(TestDatabase database) {
    this(database, database.database(), TestWorker.settings(), () -> {});
  }

  /**
   * Puts the core together.
   *
   * @param over the same database as {@code database}, for example with statements to be parked
   */
  public Bench(TestDatabase database, Database over, LedgerSettings settings, DueSignal signal) {
    this.database = over;
    this.core = Core.over(over, settings, 1L << 30, Clock.systemUTC(), signal);
    this.home = database.home();
    this.seen = new Seen(database.database(), home);
  }

  public Core core() {
    return core;
  }

  public Home home() {
    return home;
  }

  public Seen seen() {
    return seen;
  }

  public UUID conversation() {
    UUID id = UUID.randomUUID();
    seen.update(
        "INSERT INTO conversation (tenant_id, id, project_id) VALUES (?, ?, ?)",
        home.tenant(),
        id,
        home.project());
    return id;
  }

  /** Takes ten seconds of audio in as if they had been prepared: TRANSCRIBE is PENDING. */
  public UUID chunk(UUID conversation) {
    UUID id = UUID.randomUUID();
    return database.inTenant(
        home.tenant(),
        () -> {
          var locked = core.conversations().lock(conversation).orElseThrow();
          core.chunks().insert(locked, prepared(id, locked));
          core.ledger().insert(row(conversation, id, Stage.TRANSCRIBE, 1));
          core.conversations().accepted(locked);
          return id;
        });
  }

  private Chunks.Insert prepared(UUID id, LockedConversation conversation) {
    return new Chunks.Insert(
        id,
        conversation.id(),
        null,
        ChunkSource.PORTAL_AUDIO,
        conversation.nextOrdinal(),
        null,
        null,
        ChunkState.OPEN,
        320_000,
        "0".repeat(64),
        "audio/wav",
        "t/test/" + id,
        10.0,
        0,
        0.0,
        10.0);
  }

  /** Work that is due now, of the class of live recordings. */
  public NewRow row(UUID conversation, UUID subject, Stage stage, long generation) {
    return NewRow.due(home.project(), conversation, subject, stage, generation, Priority.LIVE);
  }

  public void write(UUID conversation, String text) {
    String sha256 = String.format("%064x", text.hashCode() & 0xffffffffL);
    assertThat(
            core.intake()
                .accept(new NewText(home.tenant(), conversation, null, null, text, sha256, null)))
        .isInstanceOf(Accepted.Taken.class);
  }

  public void finish(UUID conversation) {
    assertThat(core.steering().finish(home.tenant(), conversation, null)).isTrue();
  }

  /** The only row of a stage of a subject. */
  public Seen.Row only(UUID conversation, UUID subject, String stage) {
    var rows = seen.rows(conversation, stage).stream().filter(row -> row.subject().equals(subject));
    return rows.reduce(
            (one, other) -> {
              throw new AssertionError("more than one row: " + one + ", " + other);
            })
        .orElseThrow();
  }

  /**
   * Dispatches a row as the relay does, but without a job.
   *
   * @return its epoch
   */
  public long queue(UUID row) {
    long epoch =
        one("SELECT epoch FROM processing_status WHERE tenant_id = ? AND id = ?", Long.class, row)
            + 1;
    seen.update(
        """
        UPDATE processing_status
        SET state = 'QUEUED', epoch = ?, job_id = ?,
            lease_until = clock_timestamp() + interval '1 hour'
        WHERE id = ? AND state = 'PENDING'
        """,
        epoch,
        JourneyRequest.jobId(row, epoch),
        row);
    return epoch;
  }

  /** Lets the lease of a row be over. */
  public void expire(UUID row) {
    seen.update(
        "UPDATE processing_status SET lease_until = now() - interval '1 second' WHERE id = ?", row);
  }

  /** The whole row as text: equal texts mean that nothing has been written. */
  public String whole(UUID row) {
    return one(
        "SELECT CAST(p AS text) FROM processing_status p WHERE tenant_id = ? AND id = ?",
        String.class,
        row);
  }

  /** One value of this tenant; the statement's parameters are the tenant and {@code id}. */
  public <T> T one(String statement, Class<T> type, UUID id) {
    return database.inTenant(
        home.tenant(),
        () -> database.sql().sql(statement).params(home.tenant(), id).query(type).single());
  }

  /** Runs something at the same time, on a thread of its own. */
  public static <T> CompletableFuture<T> aside(Supplier<T> work) {
    return CompletableFuture.supplyAsync(
        work, task -> Thread.ofPlatform().daemon().name("aside").start(task));
  }

  /** Waits until as many statements of this database wait for a lock. */
  public static void awaitBlocked(TestDatabase database, int statements) {
    JdbcClient owner = JdbcClient.create(Pools.owner(database.address()));
    Await.until(
        () ->
            owner
                .sql(
                    """
                    SELECT count(*) FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock'
                    """)
                .query(Integer.class)
                .single(),
        waiting -> waiting >= statements);
  }
}
