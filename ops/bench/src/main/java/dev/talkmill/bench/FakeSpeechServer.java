package dev.talkmill.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server with {@code POST /v1/audio/transcriptions} on loopback that reads the audio to its end
 * and hears in it what was never said: 150 words a minute, with the times of every word.
 */
final class FakeSpeechServer implements AutoCloseable {

  private static final double WORD_SECONDS = 0.4;
  private static final int SEGMENT_WORDS = 20;
  private static final double BYTES_PER_SECOND = 32_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final List<String> WORDS =
      List.of(
          "harbour",
          "ships",
          "garden",
          "water",
          "morning",
          "school",
          "street",
          "saturday",
          "letter",
          "winter",
          "bridge",
          "market",
          "paint",
          "window",
          "station",
          "river",
          "bread",
          "music",
          "lamp",
          "corner",
          "we",
          "they",
          "bring",
          "carry",
          "build",
          "open",
          "close",
          "mend",
          "the",
          "old",
          "new",
          "small",
          "quiet",
          "and",
          "then",
          "because",
          "with",
          "under",
          "over",
          "near");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  FakeSpeechServer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/audio/transcriptions", FakeSpeechServer::hear);
    server.start();
  }

  /** Up to and including the version. */
  URI baseUrl() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  private static void hear(HttpExchange exchange) throws IOException {
    try (exchange) {
      long bytes;
      try (InputStream body = exchange.getRequestBody()) {
        bytes = body.transferTo(OutputStream.nullOutputStream());
      }
      // The other fields of the form are a few hundred bytes: less than a word.
      byte[] answer = JSON.writeValueAsBytes(said(bytes / BYTES_PER_SECOND, new Random(bytes)));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static Map<String, Object> said(double seconds, Random random) {
    List<Map<String, Object>> segments = new ArrayList<>();
    List<Map<String, Object>> words = new ArrayList<>();
    int count = (int) Math.max(1, seconds / WORD_SECONDS - 1);
    for (int first = 0; first < count; first += SEGMENT_WORDS) {
      int end = Math.min(count, first + SEGMENT_WORDS);
      List<String> sentence = new ArrayList<>();
      for (int i = first; i < end; i++) {
        String word = WORDS.get(random.nextInt(WORDS.size()));
        sentence.add(word);
        words.add(Map.of("word", word, "start", i * WORD_SECONDS, "end", (i + 1) * WORD_SECONDS));
      }
      segments.add(
          Map.of(
              "start", first * WORD_SECONDS,
              "end", end * WORD_SECONDS,
              "text", String.join(" ", sentence) + "."));
    }
    return Map.of("language", "english", "segments", segments, "words", words);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
