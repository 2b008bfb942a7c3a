package dev.talkmill.worker.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends requests, each of them in a bounded number of tries and a bounded time. A request is built
 * anew for every try and must be the same one each time, with the same {@code Idempotency-Key}.
 */
final class DoorHttp implements AutoCloseable {

  /** With the delays below, half a minute of a door that is away. */
  static final int TRIES_MAX = 7;

  private static final Duration DELAY_FIRST = Duration.ofMillis(250);
  private static final Duration DELAY_MAX = Duration.ofSeconds(10);

  /** A full spool or a rate limit ask for up to a minute; double it. */
  private static final Duration RETRY_AFTER_MAX = Duration.ofMinutes(2);

  /** The largest answer is a transcript with words: about 16 MB for 26 hours. */
  private static final long ANSWER_BYTES_MAX = 128L << 20;

  private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(408, 429, 500, 502, 503, 504);

  private final StopSignal stop;
  private final JsonMapper json;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  DoorHttp(StopSignal stop, JsonMapper json) {
    this.stop = stop;
    this.json = json;
  }

  /** Makes the request of one try. */
  @FunctionalInterface
  interface Try {
    HttpRequest request();
  }

  /**
   * Returns the answer once its status is 2xx.
   *
   * @param limit of one try, with its body and answer
   * @throws DoorProblem if the answer is another one
   * @throws CommandFailure if there is none
   */
  HttpResponse<byte[]> send(Try made, Duration limit) {
    for (int tries = 1; ; tries++) {
      try {
        HttpResponse<byte[]> answer = once(made.request(), limit);
        if (answer.statusCode() / 100 == 2) {
          return answer;
        }
        if (tries == TRIES_MAX || !WORTH_ANOTHER_TRY.contains(answer.statusCode())) {
          throw problem(answer);
        }
        stop.pause(delay(tries, retryAfter(answer)));
      } catch (IOException failed) {
        if (tries == TRIES_MAX) {
          throw CommandFailure.failed(
              "The worker did not answer in " + tries + " tries: " + reason(failed), failed);
        }
        stop.pause(delay(tries, Optional.empty()));
      }
    }
  }

  private HttpResponse<byte[]> once(HttpRequest request, Duration limit) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      answer.cancel(true);
      throw new StoppedException();
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new IOException("no answer within " + limit.toSeconds() + " s", late);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      throw cause instanceof IOException io ? io : new IOException(cause);
    }
  }

  /** Exponential with full jitter, and not before the time that the other side asked for. */
  static Duration delay(int tries, Optional<Duration> asked) {
    long bound = Math.min(DELAY_MAX.toMillis(), DELAY_FIRST.toMillis() << (tries - 1));
    Duration jittered = Duration.ofMillis(ThreadLocalRandom.current().nextLong(bound + 1));
    return asked.map(jittered::plus).orElse(jittered);
  }

  private static Optional<Duration> retryAfter(HttpResponse<?> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .filter(seconds -> seconds.matches("[0-9]{1,6}"))
        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
        .map(asked -> asked.compareTo(RETRY_AFTER_MAX) > 0 ? RETRY_AFTER_MAX : asked);
  }

  private DoorProblem problem(HttpResponse<byte[]> answer) {
    String type = answer.headers().firstValue("Content-Type").orElse("");
    if (type.contains("json")) {
      try {
        ProblemView problem = json.readValue(answer.body(), ProblemView.class);
        return new DoorProblem(answer.statusCode(), problem.code(), problem.text());
      } catch (JacksonException notJson) {
        return new DoorProblem(answer.statusCode(), "", "the answer could not be read");
      }
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8).strip();
    String line = text.lines().findFirst().orElse("no reason was given");
    return new DoorProblem(
        answer.statusCode(), "", line.length() > 200 ? line.substring(0, 200) + "…" : line);
  }

  private static String reason(IOException failed) {
    return failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
