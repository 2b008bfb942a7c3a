package dev.talkmill.chaos;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls whichever worker answers, again and again until one does, as recorders do. What is sent
 * must bear to be sent twice.
 */
final class Door implements AutoCloseable {

  static final String KEY = "tm_key-of-the-chaos";

  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);
  private static final Duration AGAIN_AFTER = Duration.ofMillis(200);
  private static final int NOT_FOUND = 404;
  private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Supplier<List<URI>> doors;
  private final BooleanSupplier patience;
  private final AtomicLong repeats = new AtomicLong();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /**
   * Doors of one installation.
   *
   * @param patience false once nothing is to be tried any longer
   */
  Door(Supplier<List<URI>> doors, BooleanSupplier patience) {
    this.doors = doors;
    this.patience = patience;
  }

  /** Nobody has answered, and nothing is to be tried any longer. */
  static final class OutOfPatienceException extends RuntimeException {
    private static final long serialVersionUID = 1;

    OutOfPatienceException() {
      super("nobody answered until the end of the run");
    }
  }

  /** A refusal that no repetition changes. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }

    /** Nobody knows of what was asked for. */
    boolean isUnknown() {
      return status == NOT_FOUND;
    }
  }

  /** Requests that were sent again. */
  long repeats() {
    return repeats.get();
  }

  JsonNode get(String path) throws Refused {
    return call(path, request -> request.GET());
  }

  JsonNode post(String path, Map<String, ?> body) throws Refused {
    return call(
        path,
        request ->
            request
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  JsonNode put(String path, Map<String, ?> body) throws Refused {
    return call(
        path,
        request ->
            request
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  JsonNode delete(String path) throws Refused {
    return call(path, HttpRequest.Builder::DELETE);
  }

  /** Sends until somebody says 2xx. */
  JsonNode call(String path, Consumer<HttpRequest.Builder> with) throws Refused {
    return JSON.readTree(bytes(path, with));
  }

  /** What is no JSON. */
  byte[] bytes(String path) throws Refused {
    return bytes(path, request -> request.GET());
  }

  private byte[] bytes(String path, Consumer<HttpRequest.Builder> with) throws Refused {
    return untilAnswered(() -> {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(anyDoor() + path))
              .timeout(ANSWER_MAX)
              .header("Authorization", "Bearer " + KEY);
      with.accept(request);
      return request.build();
    });
  }

  /** Sends a part of a file to its presigned address until it is taken. */
  void upload(URI url, byte[] part) throws Refused {
    byte[] _ =
        untilAnswered(() ->
            HttpRequest.newBuilder(url)
                .timeout(ANSWER_MAX)
                .PUT(BodyPublishers.ofByteArray(part))
                .build());
  }

  private URI anyDoor() {
    List<URI> all = doors.get();
    return all.get(ThreadLocalRandom.current().nextInt(all.size()));
  }

  /** Makes the request of a try. */
  @FunctionalInterface
  private interface Attempt {
    HttpRequest request();
  }

  private byte[] untilAnswered(Attempt attempt) throws Refused {
    while (patience.getAsBoolean()) {
      byte[] answer = answer(attempt.request());
      if (answer != null) {
        return answer;
      }
      repeats.incrementAndGet();
      Pause.of(AGAIN_AFTER);
    }
    throw new OutOfPatienceException();
  }

  /** Null if it may be tried again. */
  private byte @Nullable [] answer(HttpRequest request) throws Refused {
    try {
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      int status = answer.statusCode();
      if (status / 100 == 2) {
        return answer.body();
      }
      if (status < 500 && !PASSING.contains(status)) {
        throw new Refused(
            status,
            "%s %s: %d %s"
                .formatted(
                    request.method(),
                    request.uri().getPath(),
                    status,
                    new String(answer.body(), StandardCharsets.UTF_8)));
      }
      return null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OutOfPatienceException();
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
