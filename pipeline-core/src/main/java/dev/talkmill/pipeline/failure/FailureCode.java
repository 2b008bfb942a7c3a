package dev.talkmill.pipeline.failure;

import java.util.Locale;

/**
 * Every way in which a stage can fail. The code is stored with the ledger row and shown to users;
 * it never changes its meaning.
 */
public enum FailureCode {
  EMPTY_BODY(Cause.INPUT, false),
  NOT_DECODABLE(Cause.INPUT, false),
  UNSUPPORTED_FORMAT(Cause.INPUT, false),
  NO_AUDIO_TRACK(Cause.INPUT, false),
  WEBM_CONTINUATION(Cause.INPUT, false),
  TOO_LONG(Cause.INPUT, false),
  DECODE_LIMIT(Cause.INPUT, false),
  CHECKSUM_MISMATCH(Cause.INPUT, false),

  PROVIDER_UNAVAILABLE(Cause.PROVIDER, true),
  PROVIDER_TIMEOUT(Cause.PROVIDER, true),
  PROVIDER_RATE_LIMITED(Cause.PROVIDER, true),
  PROVIDER_BAD_ANSWER(Cause.PROVIDER, true),
  PROVIDER_UNAUTHORIZED(Cause.PROVIDER, true),
  PROVIDER_REJECTED(Cause.PROVIDER, false),

  STORAGE_UNAVAILABLE(Cause.CAPACITY, true),
  SCRATCH_FULL(Cause.CAPACITY, true),
  DECODER_TIMEOUT(Cause.CAPACITY, true),

  OBJECT_MISSING(Cause.INTERNAL, true),
  DECODER_CRASHED(Cause.INTERNAL, true),
  INTERNAL_ERROR(Cause.INTERNAL, true),
  CRASHED_REPEATEDLY(Cause.INTERNAL, false),

  CANCELLED(Cause.POLICY, false),
  ERASED(Cause.POLICY, false);

  private final Cause cause;
  private final boolean retryable;

  FailureCode(Cause cause, boolean retryable) {
    this.cause = cause;
    this.retryable = retryable;
  }

  public Cause cause() {
    return cause;
  }

  /** Whether a later attempt at the same work can end better. */
  public boolean retryable() {
    return retryable;
  }

  /**
   * Whether something that every row needs is away, which says nothing of this row. It is tried
   * again until that is back: recording goes on meanwhile, and a failure for good would leave an
   * operator with every chunk of the outage. (A full scratch space is none: a row may fill it.)
   */
  public boolean isOutage() {
    return this == STORAGE_UNAVAILABLE;
  }

  /** The code as it is stored and shown, for example {@code not_decodable}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
