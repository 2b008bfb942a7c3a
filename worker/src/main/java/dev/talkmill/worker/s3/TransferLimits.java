package dev.talkmill.worker.s3;

import dev.talkmill.config.StorageSettings;
import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * How long a call may take: what the settings allow, and for a body the time that its bytes need on
 * the slowest line that is still of use. Without it a limit that suits a slice of a few seconds
 * would cut off every recording of hours.
 */
final class TransferLimits {

  /** The slowest transfer that is not given up: 1 MiB/s, a tenth of a 100 Mbit/s line. */
  private static final long BYTES_PER_SECOND_MIN = 1L << 20;

  private final Duration attempt;
  private final Duration call;

  TransferLimits(StorageSettings settings) {
    attempt = settings.attemptTimeout();
    call = settings.callTimeout();
  }

  /** Limits of a request that carries this many bytes. */
  AwsRequestOverrideConfiguration ofBody(long bytes) {
    return AwsRequestOverrideConfiguration.builder()
        .apiCallAttemptTimeout(attempt.plus(transfer(bytes)))
        .apiCallTimeout(callLimit(bytes))
        .build();
  }

  /** The longest that a call takes which carries this many bytes. */
  Duration callLimit(long bytes) {
    return call.plus(transfer(bytes));
  }

  /** The moment, on the clock of {@link System#nanoTime}, by which a body must have been read. */
  long deadline(long bytes) {
    return System.nanoTime() + callLimit(bytes).toNanos();
  }

  private static Duration transfer(long bytes) {
    return Duration.ofSeconds(bytes / BYTES_PER_SECOND_MIN);
  }
}
