package dev.talkmill.jobs.ledger;

/**
 * The row is another holder's. Whoever meets this stops, rolls back and touches nothing outside.
 */
public final class LostClaimException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LostClaimException(LedgerRow row) {
    super(
        "%s of %s is no longer held at epoch %d; another attempt has taken over or will"
            .formatted(row.stage(), row.subject(), row.epoch()));
  }
}
