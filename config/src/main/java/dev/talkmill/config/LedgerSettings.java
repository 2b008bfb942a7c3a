package dev.talkmill.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The ledger, its relay and its sweeps.
 *
 * @param lease how long a handler may be silent before its row is taken from it
 * @param dispatchLease how long a job may wait for a handler before its row is due again
 * @param attemptsMax attempts of a row before it is FAILED; those that meet an object store that is
 *     away are not counted out
 * @param retryBase upper bound of the first retry's delay
 * @param retryCap upper bound of every retry's delay
 * @param settleFirst wait before derived things are made again, after a change to a conversation
 *     that had been finished and derived once; doubles with every further time
 * @param settleMax upper bound of that wait
 * @param idleFinish a conversation without an accepted chunk for this long is finished
 * @param sweepEvery pause between two rounds of the sweeps
 * @param poll the relay looks at least this often, whatever it was told
 * @param tenantInFlightMax rows of one tenant that may be QUEUED or PROCESSING in one stage
 * @param eventRetention how long events are kept
 * @param rowRetention how long COMPLETED and CANCELLED rows are kept
 */
@ConfigurationProperties("talkmill.ledger")
public record LedgerSettings(
    @DefaultValue("30s") Duration lease,
    @DefaultValue("2m") Duration dispatchLease,
    @DefaultValue("8") int attemptsMax,
    @DefaultValue("2s") Duration retryBase,
    @DefaultValue("10m") Duration retryCap,
    @DefaultValue("15s") Duration settleFirst,
    @DefaultValue("5m") Duration settleMax,
    @DefaultValue("5m") Duration idleFinish,
    @DefaultValue("5s") Duration sweepEvery,
    @DefaultValue("1s") Duration poll,
    @DefaultValue("1000") int tenantInFlightMax,
    @DefaultValue("30d") Duration eventRetention,
    @DefaultValue("90d") Duration rowRetention) {

  public LedgerSettings {
    Checks.positive("talkmill.ledger.lease", lease);
    Checks.positive("talkmill.ledger.dispatch-lease", dispatchLease);
    Checks.atLeast("talkmill.ledger.attempts-max", attemptsMax, 1);
    Checks.positive("talkmill.ledger.retry-base", retryBase);
    Checks.positive("talkmill.ledger.retry-cap", retryCap);
    Checks.positive("talkmill.ledger.settle-first", settleFirst);
    Checks.positive("talkmill.ledger.settle-max", settleMax);
    Checks.positive("talkmill.ledger.idle-finish", idleFinish);
    Checks.positive("talkmill.ledger.sweep-every", sweepEvery);
    Checks.positive("talkmill.ledger.poll", poll);
    Checks.atLeast("talkmill.ledger.tenant-in-flight-max", tenantInFlightMax, 1);
    Checks.positive("talkmill.ledger.event-retention", eventRetention);
    Checks.positive("talkmill.ledger.row-retention", rowRetention);
    if (retryCap.compareTo(retryBase) < 0) {
      throw new IllegalArgumentException(
          "talkmill.ledger.retry-cap must not be shorter than talkmill.ledger.retry-base");
    }
  }
}
