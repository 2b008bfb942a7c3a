package dev.talkmill.worker.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;

/**
 * How many chunks a conversation may hand over in a minute: a bucket a conversation, that fills
 * steadily. Each process counts for itself. The least recently used of very many conversations is
 * forgotten, which gives it a full bucket.
 */
final class RateLimits {

  private static final int CONVERSATIONS_MAX = 20_000;
  private static final double MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final int perMinute;
  private final LongSupplier nanoTime;
  private final Map<Owner, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Owner, Bucket> eldest) {
          return size() > CONVERSATIONS_MAX;
        }
      };

  RateLimits(int perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanoTime = nanoTime;
  }

  /**
   * What the bucket says.
   *
   * @param remaining whole requests that are left at once
   * @param reset time until the bucket is full again
   * @param retryAfter time until one request is left; zero where there is one
   */
  record Verdict(boolean allowed, int limit, int remaining, Duration reset, Duration retryAfter) {}

  /** Takes one, if there is one. */
  synchronized Verdict take(UUID tenant, UUID conversation) {
    Bucket bucket = filled(new Owner(tenant, conversation));
    boolean allowed = bucket.tokens >= 1;
    if (allowed) {
      bucket.tokens -= 1;
    }
    return new Verdict(
        allowed,
        perMinute,
        (int) bucket.tokens,
        timeFor(perMinute - bucket.tokens),
        allowed ? Duration.ZERO : timeFor(1 - bucket.tokens));
  }

  /** Gives back what was taken for a chunk that was not accepted. */
  synchronized void giveBack(UUID tenant, UUID conversation) {
    Bucket bucket = filled(new Owner(tenant, conversation));
    bucket.tokens = Math.min(perMinute, bucket.tokens + 1);
  }

  private Bucket filled(Owner owner) {
    long now = nanoTime.getAsLong();
    Bucket bucket = buckets.computeIfAbsent(owner, any -> new Bucket(perMinute, now));
    bucket.tokens =
        Math.min(perMinute, bucket.tokens + (now - bucket.at) * perMinute / MINUTE_NANOS);
    bucket.at = now;
    return bucket;
  }

  private Duration timeFor(double tokens) {
    return Duration.ofNanos((long) Math.ceil(tokens * MINUTE_NANOS / perMinute));
  }

  /** With the tenant, so that nobody uses up another tenant's by naming its conversation. */
  private record Owner(UUID tenant, UUID conversation) {}

  private static final class Bucket {
    private double tokens;
    private long at;

    Bucket(double tokens, long at) {
      this.tokens = tokens;
      this.at = at;
    }
  }
}
