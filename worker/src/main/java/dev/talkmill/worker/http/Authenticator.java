package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.ApiKey;
import dev.talkmill.jobs.tenant.ApiKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks. Keys that were found are remembered for ten seconds, by their hash, so that
 * not every request costs a query; a revoked key stops within that. What is no key is asked for
 * every time, so that a new key works at once.
 */
final class Authenticator {

  private static final Duration REMEMBERED = Duration.ofSeconds(10);
  private static final int KEYS_MAX = 10_000;
  private static final int KEY_CHARS_MAX = 512;
  private static final String SCHEME = "bearer ";

  private final ApiKeys keys;
  private final LongSupplier nanoTime;
  private final Map<String, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > KEYS_MAX;
        }
      };

  Authenticator(ApiKeys keys, LongSupplier nanoTime) {
    this.keys = keys;
    this.nanoTime = nanoTime;
  }

  /**
   * Tells whose key a request carries.
   *
   * @param header value of Authorization, or null
   * @throws ProblemException {@code unauthenticated}
   */
  Caller authenticate(@Nullable String header) {
    if (header == null || header.isBlank()) {
      throw refused("This path needs an API key. Send the header \"Authorization: Bearer <key>\".");
    }
    if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
      throw refused(
          "The Authorization header has another scheme than Bearer. Send \"Authorization: Bearer"
              + " <key>\".");
    }
    String key = header.substring(SCHEME.length()).strip();
    if (key.isEmpty() || key.length() > KEY_CHARS_MAX) {
      throw refused("What was sent as a key can be none. Check that it was copied whole.");
    }
    return find(key)
        .map(Caller::new)
        .orElseThrow(() ->
            refused(
                "The API key is not known, has expired or was revoked. Ask an administrator of"
                    + " the tenant for a new one."));
  }

  private Optional<ApiKey> find(String key) {
    String hash = hash(key);
    synchronized (known) {
      Known found = known.get(hash);
      if (found != null && nanoTime.getAsLong() - found.at < REMEMBERED.toNanos()) {
        return Optional.of(found.key);
      }
      known.remove(hash);
    }
    long asked = nanoTime.getAsLong();
    Optional<ApiKey> found = keys.find(key);
    found.ifPresent(valid -> {
      synchronized (known) {
        known.put(hash, new Known(valid, asked));
      }
    });
    return found;
  }

  private static String hash(String key) {
    try {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static ProblemException refused(String detail) {
    return new ProblemException(ProblemCode.UNAUTHENTICATED, detail);
  }

  private record Known(ApiKey key, long at) {}
}
