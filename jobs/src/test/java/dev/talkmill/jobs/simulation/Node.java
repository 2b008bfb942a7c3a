package dev.talkmill.jobs.simulation;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.intake.PresignedUploads;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.pause.Holds;
import dev.talkmill.jobs.pause.Pauses;
import dev.talkmill.jobs.queue.Congestion;
import dev.talkmill.jobs.queue.Dispatched;
import dev.talkmill.jobs.queue.Endings;
import dev.talkmill.jobs.queue.JourneyRunner;
import dev.talkmill.jobs.queue.Relay;
import dev.talkmill.jobs.sweep.CondemnPoison;
import dev.talkmill.jobs.sweep.ExpireUploads;
import dev.talkmill.jobs.sweep.FinishIdleConversations;
import dev.talkmill.jobs.sweep.Forget;
import dev.talkmill.jobs.sweep.ForgetFailedJobs;
import dev.talkmill.jobs.sweep.OrphanObjects;
import dev.talkmill.jobs.sweep.ReleaseExpiredLeases;
import dev.talkmill.jobs.sweep.ReopenLostChunks;
import dev.talkmill.jobs.sweep.ScheduleBehind;
import dev.talkmill.jobs.sweep.Sweep;
import dev.talkmill.jobs.sweep.Sweeps;
import dev.talkmill.pipeline.failure.RetryPolicy;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.util.unit.DataSize;

/**
 * One process: what {@code JobSystem} puts together, over the simulation's time, chance and ports,
 * and without a thread of its own. When it dies the object is thrown away with all that it knew.
 */
final class Node {

  static final LedgerSettings SETTINGS =
      new LedgerSettings(
          Duration.ofHours(1),
          Duration.ofHours(2),
          8,
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          Duration.ofHours(12),
          Duration.ofHours(1),
          Duration.ofHours(1),
          1_000,
          Duration.ofDays(30),
          Duration.ofDays(90));

  static final Map<Stage, String> PROVIDERS =
      Map.of(Stage.TRANSCRIBE, Outside.SPEECH, Stage.SUMMARIZE, Outside.SUMMARY);

  private static final IntakeSettings INTAKE =
      new IntakeSettings(
          DataSize.ofMegabytes(16),
          200_000,
          DataSize.ofGigabytes(1),
          DataSize.ofGigabytes(2),
          Duration.ofHours(24),
          40,
          Duration.ofSeconds(30));

  private static final int LANE = 2;

  /** A process runs one job at a time here, so that only a permit that was lost can be missing. */
  private static final Duration ROOM_WAIT = Duration.ofMillis(1);

  private final Mortal life;
  private final Core core;
  private final Lanes lanes;
  private final LeaseKeeper leases;
  private final JourneyRunner runner;
  private final Relay relay;
  private final Sweeps sweeps;
  private final Sweeps housekeeping;
  private final Pauses pauses;
  private final Erasing erasing;
  private final PresignedUploads uploads;
  private final Map<Chore, Strand> strands = new EnumMap<>(Chore.class);

  /** What a process does on threads of its own; one of each at a time. */
  enum Chore {
    JOB,
    RELAY,
    HEARTBEAT,
    /** Those that heal. */
    SWEEPS,
    /** Those that forget what is old. */
    HOUSEKEEPING
  }

  Node(Mortal life, Ground ground) {
    this.life = life;
    this.core = Core.over(ground.database(), SETTINGS, 1L << 30, ground.time(), () -> {});
    Holds holds = new Holds(PROVIDERS);
    this.lanes = new Lanes(sizes(), Map.of(), holds);
    this.leases =
        new LeaseKeeper(ground.database(), SETTINGS.lease(), () -> ground.time().nanoTime());
    Claims claims = new Claims(ground.database(), core.ledger(), leases, PROVIDERS);
    Endings endings =
        new Endings(
            ground.database(),
            core.ledger(),
            core.writes(),
            claims,
            core.conversations(),
            lanes,
            Steps.of(core, ground, life.name()),
            new RetryPolicy(SETTINGS.attemptsMax(), SETTINGS.retryBase(), SETTINGS.retryCap()),
            ground::chance,
            ground.meters());
    Dispatched dispatched = new Dispatched();
    this.runner =
        new JourneyRunner(
            ground.database(),
            core.writes(),
            claims,
            core.rules(),
            lanes,
            endings,
            dispatched,
            ROOM_WAIT);
    this.relay =
        new Relay(
            ground.database(),
            ground.server(runner),
            dispatched,
            lanes,
            SETTINGS.dispatchLease(),
            SETTINGS.tenantInFlightMax(),
            new Congestion(() -> 0, Optional::empty));
    this.sweeps = new Sweeps(healing(ground, endings), SETTINGS.sweepEvery(), ground.meters());
    this.housekeeping = new Sweeps(forgetting(ground), SETTINGS.sweepEvery(), ground.meters());
    this.pauses = new Pauses(ground.database(), holds, core.signal());
    this.erasing =
        new Erasing(
            ground.database(),
            core.conversations(),
            core.ledger(),
            core.clock(),
            ground.bucket()::callLimit);
    this.uploads =
        new PresignedUploads(
            ground.database(),
            core.conversations(),
            core.chunks(),
            core.intake(),
            ground.bucket(),
            INTAKE,
            core.clock());
  }

  private static Map<Stage, Integer> sizes() {
    Map<Stage, Integer> sizes = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      sizes.put(stage, LANE);
    }
    return sizes;
  }

  private List<Sweep> healing(Ground ground, Endings endings) {
    return List.of(
        new CondemnPoison(ground.database(), endings),
        new ReleaseExpiredLeases(ground.database(), SETTINGS.lease(), core.signal()),
        new FinishIdleConversations(ground.database(), core.conversations(), SETTINGS.idleFinish()),
        new ReopenLostChunks(ground.database(), core.conversations(), core.chunks(), core.ledger()),
        new ScheduleBehind(ground.database(), core.conversations()));
  }

  private List<Sweep> forgetting(Ground ground) {
    return List.of(
        Forget.providerCalls(ground.database()),
        Forget.idempotencyKeys(ground.database()),
        Forget.succeededJobs(ground.database()),
        new ForgetFailedJobs(ground.database()),
        new ExpireUploads(ground.database(), ground.bucket()),
        new OrphanObjects(
            ground.database(),
            ground.bucket(),
            core.clock(),
            () -> ground.time().nanoTime(),
            ground.meters()));
  }

  Mortal life() {
    return life;
  }

  Core core() {
    return core;
  }

  JourneyRunner runner() {
    return runner;
  }

  Pauses pauses() {
    return pauses;
  }

  Erasing erasing() {
    return erasing;
  }

  PresignedUploads uploads() {
    return uploads;
  }

  /** The work of a chore that is not a job. */
  Runnable work(Chore chore) {
    return switch (chore) {
      case JOB -> throw new IllegalArgumentException("a job is given out, not made up");
      case RELAY -> relay::runOnce;
      case HEARTBEAT -> leases::renewOnce;
      case SWEEPS -> sweeps::runOnce;
      case HOUSEKEEPING -> housekeeping::runOnce;
    };
  }

  /** Strands that have begun and not ended. */
  Map<Chore, Strand> strands() {
    return strands;
  }

  /** What a process that has nothing to do still holds, in words; empty if that is nothing. */
  String leftovers() {
    StringBuilder left = new StringBuilder();
    for (Stage stage : Stage.values()) {
      if (lanes.free(stage, true) != LANE) {
        left.append("%d of %d permits of %s ".formatted(lanes.free(stage, true), LANE, stage));
      }
    }
    if (leases.count() > 0) {
      left.append(leases.count()).append(" leases ");
    }
    if (runner.running() > 0) {
      left.append(runner.running()).append(" journeys ");
    }
    return left.toString();
  }
}
