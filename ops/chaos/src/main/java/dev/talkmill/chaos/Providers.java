package dev.talkmill.chaos;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.talkmill.chaos.check.Oracle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OpenAI-compatible server on loopback for speech and for summaries, which fails on request. It
 * writes down the number that it hears in a {@link NumberedSound}, so its answer is the chunk's
 * own.
 */
final class Providers implements AutoCloseable {

  private static final int BACKLOG = 1024;
  private static final Duration SLOWLY = Duration.ofSeconds(2);
  private static final Duration SILENCE_MAX = Duration.ofMinutes(2);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Duration delay;
  private final Set<UUID> asked = ConcurrentHashMap.newKeySet();
  private Bill billed = new Bill(0, 0, 0);
  private volatile State state = new State(ProviderFault.NONE, new CountDownLatch(0));

  private record State(ProviderFault fault, CountDownLatch over) {}

  /** The answer that a request should get; null where it makes no sense. */
  @FunctionalInterface
  private interface Answer {
    @Nullable Object to(byte[] body);
  }

  /** What of a request two requests for the same have in common. */
  @FunctionalInterface
  private interface About {
    byte[] of(byte[] body);
  }

  /**
   * Starts it on a free port.
   *
   * @param delay before every answer
   */
  Providers(Duration delay) throws IOException {
    this.delay = delay;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(threads);
    server.createContext(
        "/v1/audio/transcriptions",
        exchange -> serve(exchange, Providers::transcript, Providers::sound));
    server.createContext(
        "/v1/chat/completions", exchange -> serve(exchange, _ -> summary(), body -> body));
    server.start();
  }

  /** Up to and including the version. */
  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /** From here on; what hangs because of the fault before is let go. */
  void fail(ProviderFault fault) {
    State before = state;
    state = new State(fault, new CountDownLatch(1));
    before.over().countDown();
  }

  /**
   * Calls since the last bill.
   *
   * @param calls that were received
   * @param answered of them, as they should be
   * @param needed of these, the first ones that asked what they asked
   */
  record Bill(long calls, long answered, long needed) {}

  /** Begins a new one. */
  synchronized Bill bill() {
    Bill all = new Bill(calls.get(), calls.get() - failed.get(), asked.size());
    Bill since =
        new Bill(
            all.calls() - billed.calls(),
            all.answered() - billed.answered(),
            all.needed() - billed.needed());
    billed = all;
    return since;
  }

  /** Calls that were received. */
  long calls() {
    return calls.get();
  }

  /** Of those, the ones that were not answered as they should have been. */
  long failed() {
    return failed.get();
  }

  private void serve(HttpExchange exchange, Answer answer, About about) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      calls.incrementAndGet();
      State now = state;
      if (now.fault().isCharged()) {
        asked.add(UUID.nameUUIDFromBytes(about.of(body)));
      } else {
        failed.incrementAndGet();
      }
      boolean _ = new CountDownLatch(1).await(delay.toMillis(), TimeUnit.MILLISECONDS);
      answer(exchange, now, answer.to(body));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void answer(HttpExchange exchange, State now, @Nullable Object right)
      throws IOException, InterruptedException {
    switch (now.fault()) {
      case NONE -> send(exchange, right);
      case UNAVAILABLE -> exchange.sendResponseHeaders(503, -1);
      case LIMITED -> {
        exchange.getResponseHeaders().set("Retry-After", "1");
        exchange.sendResponseHeaders(429, -1);
      }
      case SLOW -> {
        boolean _ = now.over().await(SLOWLY.toMillis(), TimeUnit.MILLISECONDS);
        send(exchange, right);
      }
      case RESET -> {} // Closed by the caller, without an answer.
      case GARBAGE -> send(exchange, 200, "<html>what?".getBytes(StandardCharsets.UTF_8));
      case TRUNCATED -> {
        byte[] whole = JSON.writeValueAsBytes(right);
        exchange.sendResponseHeaders(200, whole.length);
        exchange.getResponseBody().write(whole, 0, whole.length / 2);
        exchange.getResponseBody().flush();
      }
      case SILENT -> {
        boolean _ = now.over().await(SILENCE_MAX.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static void send(HttpExchange exchange, @Nullable Object right) throws IOException {
    if (right == null) {
      exchange.sendResponseHeaders(400, -1);
    } else {
      send(exchange, 200, JSON.writeValueAsBytes(right));
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static @Nullable Object transcript(byte[] form) {
    OptionalInt number = NumberedSound.hear(form);
    if (number.isEmpty()) {
      return null;
    }
    String words = Oracle.words(number.getAsInt());
    Map<String, Object> segment =
        Map.of("id", 0, "start", 0.0, "end", NumberedSound.seconds(), "text", words);
    return Map.of("language", "english", "text", words, "segments", List.of(segment));
  }

  /** The form around it is another each time. */
  private static byte[] sound(byte[] form) {
    String number = NumberedSound.hear(form).toString();
    return number.getBytes(StandardCharsets.UTF_8);
  }

  private static Object summary() {
    String content = "{\"summary\": \"Numbers were said.\", \"title\": \"Numbers\"}";
    return Map.of("choices", List.of(Map.of("message", Map.of("content", content))));
  }

  @Override
  public void close() {
    fail(ProviderFault.NONE);
    server.stop(0);
    threads.shutdownNow();
  }
}
