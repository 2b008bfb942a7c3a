package dev.talkmill.worker.openai;

import static java.util.Objects.requireNonNull;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.ResponseInfo;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * POSTs to one OpenAI-compatible endpoint over HTTP/1.1: no retries, no redirects, answers of at
 * most {@value #ANSWER_BYTES_MAX} bytes, and a limit that covers the whole exchange from connecting
 * to the last byte of the answer.
 *
 * <p>Failures: 429 and 402 are provider_rate_limited, with Retry-After; 401 and 403
 * provider_unauthorized; 404, 405, 408, 409, 425, 5xx and a connection that fails
 * provider_unavailable; other 4xx provider_rejected; redirects, cut off answers and whatever is not
 * a JSON object provider_bad_answer; too slow provider_timeout. Messages name status and error code
 * of the answer and never quote its text, which may repeat what was sent.
 */
public final class OpenAiClient implements AutoCloseable {

  static final int ANSWER_BYTES_MAX = 32 << 20;
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String baseUrl;
  private final @Nullable String apiKey;
  private final String model;
  private final ProviderErrors errors;
  private final HttpClient http;

  /**
   * A client with a connection pool of its own.
   *
   * @param clock for Retry-After headers that name a time
   */
  public OpenAiClient(OpenAiSettings settings, InstantSource clock) {
    URI base = requireNonNull(settings.baseUrl(), "base-url is null");
    this.baseUrl = base.toString().replaceAll("/+$", "");
    this.apiKey = usable(settings.apiKey());
    this.model = requireNonNull(settings.model(), "model is null");
    this.errors = new ProviderErrors(clock, JSON, apiKey);
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /** The model to ask for. */
  public String model() {
    return model;
  }

  /** Sends JSON. */
  public OpenAiAnswer post(String path, JsonNode body, Duration timeout) {
    byte[] bytes = JSON.writeValueAsBytes(body);
    return post(path, "application/json", HttpRequest.BodyPublishers.ofByteArray(bytes), timeout);
  }

  /**
   * Sends a body and waits for the whole answer.
   *
   * @param path below the base URL, for example {@code /audio/transcriptions}
   */
  public OpenAiAnswer post(String path, String contentType, BodyPublisher body, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(baseUrl + path))
            .header("Content-Type", contentType)
            .header("Accept", "application/json")
            .POST(body);
    if (apiKey != null) {
      request.header("Authorization", "Bearer " + apiKey);
    }
    AtomicReference<@Nullable ResponseInfo> head = new AtomicReference<>();
    HttpResponse.BodyHandler<byte[]> handler =
        info -> {
          head.set(info);
          return BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX).apply(info);
        };
    CompletableFuture<HttpResponse<byte[]>> exchange = http.sendAsync(request.build(), handler);
    HttpResponse<byte[]> response = await(exchange, path, head, timeout);
    if (response.statusCode() != 200 && response.statusCode() != 201) {
      throw errors.status(path, response.statusCode(), response.headers(), response.body());
    }
    String requestId = errors.requestId(response.headers());
    return new OpenAiAnswer(parse(path, response.body(), requestId), requestId);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private HttpResponse<byte[]> await(
      CompletableFuture<HttpResponse<byte[]>> exchange,
      String path,
      AtomicReference<@Nullable ResponseInfo> head,
      Duration timeout) {
    try {
      return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw FailureException.of(
          FailureCode.PROVIDER_TIMEOUT,
          "POST " + path + " was not answered in full within " + timeout.toMillis() + " ms",
          e);
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw FailureException.of(
          FailureCode.INTERNAL_ERROR, "interrupted while waiting for POST " + path, e);
    } catch (ExecutionException e) {
      throw broken(path, head.get(), requireNonNull(e.getCause(), "cause is null"));
    }
  }

  private FailureException broken(String path, @Nullable ResponseInfo head, Throwable error) {
    String what = error.getClass().getSimpleName();
    if (!(error instanceof IOException)) {
      return FailureException.of(
          FailureCode.INTERNAL_ERROR, "POST " + path + " could not be sent: " + what, error);
    }
    if (head == null) {
      boolean connecting =
          error instanceof ConnectException || error instanceof HttpConnectTimeoutException;
      String message =
          connecting
              ? "no connection for POST " + path + ": " + what
              : "the connection broke before POST " + path + " was answered: " + what;
      return FailureException.of(FailureCode.PROVIDER_UNAVAILABLE, message, error);
    }
    if (head.statusCode() != 200 && head.statusCode() != 201) {
      return errors.status(path, head.statusCode(), head.headers(), new byte[0]);
    }
    return FailureException.of(
        FailureCode.PROVIDER_BAD_ANSWER,
        "the answer to POST " + path + " was cut off or is larger than 32 MiB",
        error);
  }

  private static JsonNode parse(String path, byte[] body, @Nullable String requestId) {
    JsonNode node = null;
    try {
      node = JSON.readTree(body);
    } catch (JacksonException e) {
      // Not handed on: a parser's message quotes the text, which may be transcript.
    }
    if (node == null || !node.isObject()) {
      throw FailureException.of(
          FailureCode.PROVIDER_BAD_ANSWER,
          "the answer to POST "
              + path
              + " is "
              + ProviderErrors.kind(body)
              + ", not a JSON object"
              + ProviderErrors.suffix(requestId));
    }
    return node;
  }

  private static @Nullable String usable(@Nullable String apiKey) {
    if (apiKey == null || apiKey.isBlank()) {
      return null;
    }
    String key = apiKey.strip();
    // The HTTP client's own refusal would quote the key.
    if (!key.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException("the API key holds characters that no header can carry");
    }
    return key;
  }
}
