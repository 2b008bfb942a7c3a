package dev.talkmill.worker.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HTTP door as its contract has it, without a pipeline: what a conversation looks like at each
 * look is told beforehand.
 */
final class FakeDoor implements AutoCloseable {

  static final String KEY = "key-of-the-fake-door";

  /** One look at a conversation: what the door answers about it and about its rows. */
  record Look(String conversation, List<String> rows) {}

  /** What was asked. */
  record Asked(
      String method, String path, String query, Map<String, String> headers, byte[] body) {}

  private static final Pattern CONVERSATION = Pattern.compile("/v1/conversations/([^/]+)(/.*)?");

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, List<Look>> looks = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> looked = new ConcurrentHashMap<>();
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Map<String, Map<Integer, byte[]>> uploads = new ConcurrentHashMap<>();
  private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  final List<Asked> asked = new CopyOnWriteArrayList<>();
  final Map<String, byte[]> completed = new ConcurrentHashMap<>();
  volatile int partBytes = 1000;
  volatile boolean pages = false;

  private record Refusal(String path, int status, String body, AtomicInteger times) {}

  FakeDoor() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  URI uri() {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  /** What a conversation of this participant looks like, look by look; the last one stays. */
  void tell(String participant, Look... all) {
    looks.put(participant, List.of(all));
  }

  /** Answers the next requests to this path with an error. Status 0 hangs up instead. */
  void refuse(String pathEnd, int status, String problemCode, int times) {
    String body =
        """
        {"type":"about:blank","title":"No","status":%d,"detail":"It was refused.","code":"%s"}
        """
            .formatted(status, problemCode);
    refusals.add(new Refusal(pathEnd, status, body, new AtomicInteger(times)));
  }

  List<Asked> asked(String pathEnd) {
    return asked.stream().filter(one -> one.path().endsWith(pathEnd)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
      String path = exchange.getRequestURI().getPath();
      asked.add(
          new Asked(
              exchange.getRequestMethod(),
              path,
              String.valueOf(exchange.getRequestURI().getQuery()),
              headers,
              body));
      for (Refusal refusal : refusals) {
        if (path.endsWith(refusal.path()) && refusal.times().getAndDecrement() > 0) {
          if (refusal.status() != 0) {
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            answer(exchange, refusal.status(), refusal.body());
          }
          return;
        }
      }
      if (path.startsWith("/store/")) {
        store(exchange, path, body);
      } else if (!("Bearer " + KEY).equals(headers.get("Authorization"))) {
        answer(exchange, 401, "{\"code\":\"unauthorized\",\"title\":\"No key\"}");
      } else {
        route(exchange, path, new String(body, UTF_8));
      }
    }
  }

  private void route(HttpExchange exchange, String path, String body) throws IOException {
    Matcher conversation = CONVERSATION.matcher(path);
    if (path.equals("/v1/projects")) {
      answer(exchange, 201, "{\"id\":\"p1\",\"name\":\"ignored\"}");
    } else if (path.endsWith("/conversations")) {
      String id = "c" + ids.incrementAndGet();
      names.put(id, body.replaceAll(".*\"participant_name\":\"([^\"]*)\".*", "$1"));
      answer(exchange, 201, "{\"id\":\"" + id + "\"}");
    } else if (path.startsWith("/v1/uploads/")) {
      String id = path.split("/")[3];
      completed.put(id, join(uploads.get(id)));
      answer(exchange, 202, "");
    } else if (conversation.matches()) {
      String rest = conversation.group(2);
      conversation(exchange, conversation.group(1), rest == null ? "" : rest, body);
    } else {
      answer(exchange, 404, "{\"code\":\"not_found\",\"title\":\"Nothing here\"}");
    }
  }

  private void conversation(HttpExchange exchange, String id, String rest, String body)
      throws IOException {
    switch (rest) {
      case "" -> {
        int number = looked.computeIfAbsent(id, none -> new AtomicInteger()).getAndIncrement();
        answer(exchange, 200, look(id, number).conversation().replace("@id", id));
      }
      case "/processing-status" -> rows(exchange, id);
      case "/chunks" -> answer(exchange, 202, "{\"id\":\"k\"}");
      case "/finish" -> answer(exchange, 202, "");
      case "/uploads" -> answer(exchange, 201, upload(body));
      case "/transcript" -> transcript(exchange, id);
      default -> answer(exchange, 404, "{\"code\":\"not_found\"}");
    }
  }

  private Look look(String id, int number) {
    List<Look> all = looks.getOrDefault(names.get(id), looks.get("*"));
    return all.get(Math.min(number, all.size() - 1));
  }

  private void rows(HttpExchange exchange, String id) throws IOException {
    List<String> rows = look(id, looked.get(id).get() - 1).rows();
    if (!pages) {
      answer(exchange, 200, "{\"items\":[" + String.join(",", rows) + "],\"next_cursor\":null}");
      return;
    }
    String query = exchange.getRequestURI().getQuery();
    int at = query == null ? 0 : Integer.parseInt(query.replace("cursor=", ""));
    String next = at + 1 < rows.size() ? "\"" + (at + 1) + "\"" : "null";
    answer(
        exchange,
        200,
        "{\"items\":[" + (rows.isEmpty() ? "" : rows.get(at)) + "],\"next_cursor\":" + next + "}");
  }

  private void transcript(HttpExchange exchange, String id) throws IOException {
    String format = exchange.getRequestURI().getQuery().replace("format=", "");
    if (look(id, Integer.MAX_VALUE).conversation().contains("\"outcome\":\"failed\"")) {
      answer(exchange, 200, ""); // Nothing of it could be transcribed.
    } else if (format.equals("json")) {
      answer(
          exchange,
          200,
          """
          {"conversation_id":"%s","version":1,"text":"Hello Zoë. See you.","segments":[
           {"start":0.0,"end":2.5,"speaker":"A","text":"Hello Zoë.","words":[]},
           {"start":null,"end":null,"speaker":null,"text":"See you."}]}
          """
              .formatted(id));
    } else {
      answer(exchange, 200, format + " of " + names.get(id) + ": Hello Zoë.");
    }
  }

  private String upload(String body) {
    long bytes = Long.parseLong(body.replaceAll(".*\"bytes\":([0-9]+).*", "$1"));
    String id = "u" + ids.incrementAndGet();
    uploads.put(id, new ConcurrentHashMap<>());
    List<String> parts = new ArrayList<>();
    for (long first = 0; first < bytes; first += partBytes) {
      parts.add(
          "{\"number\":%d,\"url\":\"%s/store/%s/%d?signature=x\",\"first_byte\":%d,\"bytes\":%d}"
              .formatted(
                  parts.size() + 1,
                  uri(),
                  id,
                  parts.size() + 1,
                  first,
                  Math.min(partBytes, bytes - first)));
    }
    return "{\"id\":\"%s\",\"expires_at\":\"2026-11-21T00:00:00Z\",\"parts\":[%s]}"
        .formatted(id, String.join(",", parts));
  }

  private void store(HttpExchange exchange, String path, byte[] body) throws IOException {
    String[] names = path.split("/");
    uploads.get(names[2]).put(Integer.parseInt(names[3]), body);
    answer(exchange, 200, "");
  }

  private static byte[] join(Map<Integer, byte[]> parts) {
    var all = new java.io.ByteArrayOutputStream();
    new TreeMap<>(parts).values().forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    if (!exchange.getResponseHeaders().containsKey("Content-Type")) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
