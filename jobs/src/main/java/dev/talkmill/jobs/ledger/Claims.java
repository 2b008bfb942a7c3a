package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import java.util.Optional;
import java.util.UUID;

/** Taking and giving up claims, with their leases kept meanwhile. */
public final class Claims {

  private final Database database;
  private final Ledger ledger;
  private final LeaseKeeper leases;

  public Claims(Database database, Ledger ledger, LeaseKeeper leases) {
    this.database = database;
    this.ledger = ledger;
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
                .filter(row -> Ledger.claimable(row.state()))
                .or(() -> ledger.findByJob(job)));
  }

  /** Takes a row in one transaction. */
  public Optional<Claim> take(LedgerRow row, long epoch, UUID job, Around around) {
    long askedAt = leases.nanoTime().getAsLong();
    return database
        .inTenant(
            row.tenant(),
            () ->
                around.before(row)
                    ? ledger
                        .claim(row.id(), epoch, job)
                        .flatMap(claimed -> around.after(row, claimed))
                    : Optional.<LedgerRow>empty())
        .map(claimed -> leases.keep(claimed, askedAt));
  }

  /** Keeps the lease of a row that was inserted as claimed. */
  public Claim keep(LedgerRow row, long askedAtNanos) {
    return leases.keep(row, askedAtNanos);
  }

  public long now() {
    return leases.nanoTime().getAsLong();
  }

  public void release(Claim claim) {
    leases.release(claim);
  }
}
