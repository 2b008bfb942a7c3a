package dev.talkmill.jobs;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.conversation.ChunkTranscripts;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.Transcripts;
import dev.talkmill.jobs.intake.Intake;
import dev.talkmill.jobs.intake.SpoolBudget;
import dev.talkmill.jobs.intake.Steering;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.ledger.FencedWrites;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.ledger.Ledger;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.queue.ClaimRules;
import dev.talkmill.jobs.queue.Dispatched;
import dev.talkmill.jobs.queue.Endings;
import dev.talkmill.jobs.queue.JobServer;
import dev.talkmill.jobs.queue.JourneyRunner;
import dev.talkmill.jobs.queue.Relay;
import dev.talkmill.jobs.queue.RelayLoop;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.queue.Watchdog;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.sweep.CondemnPoison;
import dev.talkmill.jobs.sweep.FinishIdleConversations;
import dev.talkmill.jobs.sweep.Forget;
import dev.talkmill.jobs.sweep.ForgetFailedJobs;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
import dev.talkmill.jobs.sweep.ReopenLostChunks;
import dev.talkmill.jobs.sweep.ScheduleBehind;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.sweep.Sweeps;
import dev.talkmill.pipeline.conversation.Convergence.Settling;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import javax.sql.DataSource;
import org.jobrunr.jobs.filters.JobFilter;

/**
 * Everything durable of one process, put together. A process that only takes chunks in needs {@link
 * Core}; a worker starts a JobSystem over one.
 */
public final class JobSystem implements AutoCloseable {

  private final Relay relay;
  private final RelayLoop relayLoop;
  private final LeaseKeeper leases;
  private final JourneyRunner runner;
  private final JobServer server;
  private final Watchdog watchdog;
  private final Sweeps sweeps;
  private final Core core;

  /** Repositories and rules over one database; no thread of its own. */
  public record Core(
      Database database,
      LedgerSettings settings,
      InstantSource clock,
      Ledger ledger,
      FencedWrites writes,
      Conversations conversations,
      Chunks chunks,
      ChunkTranscripts results,
      Transcripts transcripts,
      SpoolBudget spool,
      ClaimRules rules,
      Intake intake,
      Steering steering,
      DueSignal signal) {

    /**
     * Puts the core together.
     *
     * @param spoolBytesMax bytes that may wait for the object store
     * @param signal told when rows are due, for example a {@link WakeUp}
     */
    public static Core over(
        Database database,
        LedgerSettings settings,
        long spoolBytesMax,
        InstantSource clock,
        DueSignal signal) {
      Ledger ledger = new Ledger(database, clock, settings.lease(), signal);
      FencedWrites writes = new FencedWrites(database, signal);
      Conversations conversations =
          new Conversations(
              database, ledger, new Settling(settings.settleFirst(), settings.settleMax()));
      Chunks chunks = new Chunks(database);
      ChunkTranscripts results = new ChunkTranscripts(database);
      SpoolBudget spool = new SpoolBudget(database, spoolBytesMax, System::nanoTime);
      ClaimRules rules = new ClaimRules(ledger, writes, conversations, chunks);
      return new Core(
          database,
          settings,
          clock,
          ledger,
          writes,
          conversations,
          chunks,
          results,
          new Transcripts(database),
          spool,
          rules,
          new Intake(database, conversations, chunks, results, spool, ledger, clock),
          new Steering(database, conversations, ledger, rules),
          signal);
    }
  }

  /**
   * What a worker adds to the core.
   *
   * @param jobs JobRunr's own pool
   * @param lanes how much of each stage this process does at once
   * @param gates of stages whose provider may be down, see {@link Lanes}
   * @param drain how long running stages get to end at shutdown
   * @param moreSweeps sweeps that need more than the database
   * @param giveUp ends the process; called by the watchdog when nothing else helps
   */
  public record Worker(
      DataSource jobs,
      Map<Stage, Integer> lanes,
      Map<Stage, IntUnaryOperator> gates,
      List<StageStep> steps,
      List<JobFilter> filters,
      Duration drain,
      List<Sweep> moreSweeps,
      MeterRegistry meters,
      Runnable giveUp) {}

  public JobSystem(Core core, WakeUp wakeUp, Worker worker) {
    LedgerSettings settings = core.settings();
    Lanes lanes = new Lanes(worker.lanes(), worker.gates());
    this.core = core;
    // Not the pool of the handlers: a full one must not cost them their leases.
    this.leases = new LeaseKeeper(new Database(worker.jobs()), settings.lease(), System::nanoTime);
    Claims claims = new Claims(core.database(), core.ledger(), leases);
    Endings endings =
        new Endings(
            core.database(),
            core.ledger(),
            core.writes(),
            claims,
            core.conversations(),
            lanes,
            worker.steps(),
            new RetryPolicy(settings.attemptsMax(), settings.retryBase(), settings.retryCap()),
            ThreadLocalRandom::current,
            worker.meters());
    Dispatched dispatched = new Dispatched();
    this.runner =
        new JourneyRunner(
            core.database(),
            core.writes(),
            claims,
            core.rules(),
            lanes,
            endings,
            dispatched,
            settings.dispatchLease().dividedBy(4));
    this.server =
        new JobServer(
            core.database(),
            worker.jobs(),
            runner,
            lanes.total() + Relay.AHEAD * Stage.values().length,
            worker.drain(),
            worker.filters());
    this.relay =
        new Relay(
            core.database(),
            server,
            dispatched,
            lanes,
            settings.dispatchLease(),
            settings.tenantInFlightMax());
    this.relayLoop = new RelayLoop(relay, settings.poll());
    wakeUp.wakes(relayLoop::signal);
    lanes.tellsWhenFree(relayLoop::roomFreed);
    this.watchdog =
        new Watchdog(core.database(), Watchdog.over(server), worker.giveUp(), System::nanoTime);
    List<Sweep> all = new ArrayList<>(sweeps(core, endings));
    all.addAll(worker.moreSweeps());
    this.sweeps = new Sweeps(all, settings.sweepEvery(), worker.meters());
  }

  private static List<Sweep> sweeps(Core core, Endings endings) {
    Database database = core.database();
    LedgerSettings settings = core.settings();
    return List.of(
        new CondemnPoison(database, endings),
        new ReleaseExpiredLeases(database, settings.lease(), core.signal()),
        new FinishIdleConversations(database, core.conversations(), settings.idleFinish()),
        new ReopenLostChunks(database, core.conversations(), core.chunks(), core.ledger()),
        new ScheduleBehind(database, core.conversations()),
        Forget.providerCalls(database),
        Forget.events(database, settings.eventRetention()),
        Forget.rows(database, settings.rowRetention()),
        Forget.idempotencyKeys(database),
        new ForgetFailedJobs(database));
  }

  public void start() {
    leases.start();
    server.start();
    relayLoop.start();
    sweeps.start();
    watchdog.start();
  }

  public Core core() {
    return core;
  }

  public JobServer server() {
    return server;
  }

  public Relay relay() {
    return relay;
  }

  /** Leases that this process renews. */
  public int leasesHeld() {
    return leases.count();
  }

  public Sweeps sweeps() {
    return sweeps;
  }

  /** Claims stop, running stages get their time, the rest is handed back. */
  @Override
  public void close() {
    watchdog.close();
    relayLoop.close();
    runner.drain();
    server.close();
    sweeps.close();
    leases.close();
  }
}
