package dev.talkmill.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A speech provider on loopback that reads a whole recording and answers after a while. How long is
 * set by its caller: {@code POST /delay} with milliseconds counts for calls that come afterwards,
 * {@code GET /calls} tells how many hang right now, and {@code GET /release} answers all of them.
 */
final class SlowProvider implements AutoCloseable {

  private static final int BACKLOG = 4096;

  private static final String ANSWER =
      """
      {"language": "english", "duration": 16.0,
       "text": "we talked about the harbour and what the ships had brought",
       "segments": [{"id": 0, "start": 0.5, "end": 9.5, "avg_logprob": -0.1,
         "no_speech_prob": 0.01,
         "text": "we talked about the harbour and what the ships had brought"}]}
      """;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger hanging = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger answered = new AtomicInteger();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile Duration delay = Duration.ZERO;

  SlowProvider() throws IOException {
    // Otherwise connections beyond 200 are cut as soon as their calls are answered.
    System.setProperty("sun.net.httpserver.maxIdleConnections", String.valueOf(BACKLOG));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    server.setExecutor(threads);
    server.createContext("/v1/audio/transcriptions", this::transcribe);
    server.createContext("/delay", this::setDelay);
    server.createContext("/calls", exchange -> answer(exchange, String.valueOf(hanging.get())));
    server.createContext("/release", this::release);
    server.start();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** The most calls that ever hung at once, their bodies read. */
  int most() {
    return most.get();
  }

  /** Calls answered so far. */
  int answered() {
    return answered.get();
  }

  /** Mean size of a call's body. */
  double bytesOfCall() {
    return bytes.get() / (double) Math.max(1, answered.get());
  }

  private void transcribe(HttpExchange exchange) throws IOException {
    bytes.addAndGet(length(exchange.getRequestBody()));
    most.accumulateAndGet(hanging.incrementAndGet(), Math::max);
    try {
      boolean _ = released.await(delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hanging.decrementAndGet();
    }
    answer(exchange, ANSWER);
    answered.incrementAndGet();
  }

  private static long length(InputStream body) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    long length = 0;
    for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
      length += read;
    }
    return length;
  }

  private void setDelay(HttpExchange exchange) throws IOException {
    delay =
        Duration.ofMillis(
            Long.parseLong(
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    answer(exchange, "0");
  }

  private void release(HttpExchange exchange) throws IOException {
    released.countDown();
    answer(exchange, "0");
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    try (exchange) {
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
