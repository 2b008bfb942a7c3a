package dev.talkmill.worker.openai;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an HTTP status of a provider means to the ledger. */
final class ProviderErrors {

  /** Longer waits are cut: the ledger asks again anyway, and a figure must not overflow. */
  private static final Duration RETRY_AFTER_MAX = Duration.ofDays(1);

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_.:/-]{1,64}");
  private static final Pattern REQUEST_ID = Pattern.compile("[!-~]{1,200}");

  private final InstantSource clock;
  private final JsonMapper json;
  private final @Nullable String secret;

  /**
   * @param secret the key that was sent; a provider that repeats it is not quoted
   */
  ProviderErrors(InstantSource clock, JsonMapper json, @Nullable String secret) {
    this.clock = clock;
    this.json = json;
    this.secret = secret;
  }

  FailureException status(String path, int status, HttpHeaders headers, byte[] body) {
    FailureCode code = code(status);
    StringBuilder message = new StringBuilder("POST " + path + " was answered with " + status);
    String error = errorCode(body);
    if (error != null) {
      message.append(" (").append(error).append(')');
    }
    message.append(suffix(requestId(headers)));
    return new FailureException(new Failure(code, message.toString(), retryAfter(headers)));
  }

  static FailureCode code(int status) {
    return switch (status) {
      // 402: the account has no credit left. Somebody pays, and a later attempt succeeds.
      case 402, 429 -> FailureCode.PROVIDER_RATE_LIMITED;
      case 401, 403 -> FailureCode.PROVIDER_UNAUTHORIZED;
      // 404 and 405: a base URL or model that is wrong or not there yet. The recording is not to
      // blame for it, so its work must not be lost.
      case 404, 405, 408, 409, 425 -> FailureCode.PROVIDER_UNAVAILABLE;
      default -> {
        if (status >= 500) {
          yield FailureCode.PROVIDER_UNAVAILABLE;
        }
        yield status >= 400 ? FailureCode.PROVIDER_REJECTED : FailureCode.PROVIDER_BAD_ANSWER;
      }
    };
  }

  /** How long the provider asks to wait, or null where it does not say so understandably. */
  @Nullable Duration retryAfter(HttpHeaders headers) {
    Duration wait =
        headers
            .firstValue("retry-after-ms")
            .flatMap(value -> number(value, 1))
            .or(() -> headers.firstValue("retry-after").flatMap(value -> number(value, 1_000)))
            .or(() -> headers.firstValue("retry-after").flatMap(this::until))
            .orElse(null);
    if (wait == null) {
      return null;
    }
    return wait.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : wait;
  }

  private static Optional<Duration> number(String value, int millis) {
    String digits = value.strip();
    if (!digits.matches("[0-9]{1,18}([.][0-9]{1,9})?")) {
      return Optional.empty();
    }
    double wait = Double.parseDouble(digits) * millis;
    return Optional.of(Duration.ofMillis((long) wait));
  }

  private Optional<Duration> until(String httpDate) {
    try {
      Instant at = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(httpDate.strip()));
      Duration wait = Duration.between(clock.instant(), at);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  @Nullable String requestId(HttpHeaders headers) {
    return headers
        .firstValue("x-request-id")
        .filter(id -> REQUEST_ID.matcher(id).matches() && !tellsSecret(id))
        .orElse(null);
  }

  private boolean tellsSecret(String text) {
    return secret != null && text.contains(secret);
  }

  static String suffix(@Nullable String requestId) {
    return requestId == null ? "" : ", request id " + requestId;
  }

  /** The provider's own word for the error, where it is a word and not a sentence. */
  private @Nullable String errorCode(byte[] body) {
    try {
      JsonNode node = json.readTree(body);
      JsonNode error = node == null ? null : node.get("error");
      if (error == null || !error.isObject()) {
        return null;
      }
      for (String field : new String[] {"code", "type"}) {
        JsonNode value = error.get(field);
        if (value != null && value.isString() && isQuotable(value.stringValue())) {
          return value.stringValue();
        }
      }
      return null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private boolean isQuotable(String word) {
    return TOKEN.matcher(word).matches() && !tellsSecret(word);
  }

  /** What a body that should be JSON looks like, for an operator. */
  static String kind(byte[] body) {
    for (byte b : body) {
      switch (b) {
        case ' ', '\t', '\r', '\n' -> {}
        case '<' -> {
          return "HTML or XML";
        }
        case '{', '[' -> {
          return "broken JSON";
        }
        default -> {
          return "text";
        }
      }
    }
    return "empty";
  }
}
