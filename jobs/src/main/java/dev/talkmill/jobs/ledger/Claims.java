package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.TransientErrors;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.ledger.State;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Taking and giving up claims, with their leases kept meanwhile. */
public final class Claims {

  private final Database database;
  private final Ledger ledger;
  private final LeaseAcquisition acquisition;
  private final LeaseKeeper leases;

  /**
   * Nothing is taken whose tenant, stage or provider is paused.
   *
   * @param providers who does a stage in this process, where that is a provider
   */
  public Claims(
      Database database, Ledger ledger, LeaseKeeper leases, Map<Stage, String> providers) {
    this.database = database;
    this.ledger = ledger;
    this.acquisition = new LeaseAcquisition(database, ledger.clock(), ledger.lease(), providers);
    this.leases = leases;
  }

  /** What the claiming transaction does besides taking the row; runs before and after it. */
  public interface Around {
    /**
     * Locks what must be locked before the ledger row.
     *
     * @return false to leave the row alone
     */
    boolean before(LedgerRow row);

    /**
     * Looks at the claimed row under those locks.
     *
     * @return the row to work on, or empty if it was ended right away
     */
    Optional<LedgerRow> after(LedgerRow row, LedgerRow claimed);
  }

  /**
   * Reads, without taking it, the row that a job is for: the one it was dispatched with or, where
   * it is run again from the dashboard, the later stage that it had come to.
   *
   * @return empty if there is nothing that the job could claim
   */
  public Optional<LedgerRow> peek(UUID tenant, UUID id, UUID job) {
    return database.inTenant(
        tenant,
        () ->
            ledger
                .find(id)
                .filter(row -> LeaseAcquisition.claimable(row.state()))
                .or(() -> acquisition.findByJob(job)));
  }

  /**
   * Takes a row in one transaction.
   *
   * @param job that may take the row again where it has waited or failed since; null to take it
   *     only as it was dispatched
   */
  public Optional<Claim> take(LedgerRow row, long epoch, @Nullable UUID job, Around around) {
    long askedAt = leases.nanoTime().getAsLong();
    try {
      return database
          .inTenant(row.tenant(), () -> claim(row, epoch, job, around))
          .map(claimed -> leases.keep(claimed, askedAt));
    } catch (NothingToClaim e) {
      return Optional.empty();
    }
  }

  private Optional<LedgerRow> claim(LedgerRow row, long epoch, @Nullable UUID job, Around around) {
    if (!around.before(row)) {
      return Optional.empty();
    }
    Optional<LedgerRow> claimed =
        job == null || (row.state() == State.QUEUED && row.epoch() == epoch)
            ? acquisition.claimDispatched(row.id(), row.stage(), epoch)
            : acquisition.claim(row.id(), row.stage(), epoch, job);
    return around.after(row, claimed.orElseThrow(NothingToClaim::new));
  }

  /** Takes back what was written before a claim that met no row. */
  private static final class NothingToClaim extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Inserts the successor of a row, already claimed by the job that runs; in the transaction that
   * ends the row. Its lease is kept from {@link #keep} on.
   *
   * @return empty if the subject has an open row of this stage already, or the stage is paused
   */
  public Optional<LedgerRow> insertClaimed(NewRow row, UUID job) {
    return acquisition.insertClaimed(row, job);
  }

  /** Takes a row from a holder whose lease is over; empty if it is not, or the row moved on. */
  public Optional<LedgerRow> takeExpired(LedgerRow row) {
    return acquisition.takeExpired(row);
  }

  /** Keeps the lease of a row that was inserted as claimed. */
  public Claim keep(LedgerRow row, long askedAtNanos) {
    return leases.keep(row, askedAtNanos);
  }

  public long now() {
    return leases.nanoTime().getAsLong();
  }

  /**
   * Takes note of a claim whose end could not be written; called before {@link #release}. The crash
   * that the row counts for it is given back as soon as the database answers.
   */
  public void abandon(Claim claim) {
    leases.abandon(claim);
  }

  /**
   * As {@link #abandon}, if the database gave no answer. What it refuses it will refuse again, and
   * only the count of crashes ends that.
   */
  public void abandonAfter(RuntimeException error, Claim claim) {
    if (TransientErrors.is(error)) {
      abandon(claim);
    }
  }

  public void release(Claim claim) {
    leases.release(claim);
  }
}
