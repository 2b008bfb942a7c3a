package dev.talkmill.worker.speech;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * An OpenAI-compatible server on a free loopback port: {@code /v1/audio/transcriptions} and {@code
 * /v1/chat/completions}. It answers with what is queued, else with a sound answer of OpenAI's
 * shape. It speaks HTTP/1.1 on plain sockets, since a server library can't be made to misbehave on
 * the wire.
 */
public final class FakeOpenAiServer implements AutoCloseable {

  private static final int HEAD_BYTES_MAX = 1 << 16;
  private static final int DRIBBLE_MILLIS = 20;

  private final ServerSocket listener;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Queue<FakeAnswer> script = new ConcurrentLinkedQueue<>();
  private final Queue<Received> received = new ConcurrentLinkedQueue<>();
  private volatile Function<Received, FakeAnswer> transcription =
      any -> FakeAnswer.json(OpenAiShapes.OPENAI);
  private volatile FakeAnswer completion =
      FakeAnswer.json(OpenAiShapes.chat("{\"summary\": \"They met.\", \"title\": \"Meeting\"}"));

  private FakeOpenAiServer(ServerSocket listener) {
    this.listener = listener;
  }

  /** A request as it came in; header names are in lower case. */
  public record Received(String method, String path, Map<String, String> headers, byte[] body) {

    public String text() {
      return new String(body, StandardCharsets.ISO_8859_1);
    }

    /** Values of a field of a multipart form. */
    public List<String> form(String name) {
      return Multipart.values(headers.getOrDefault("content-type", ""), body, name);
    }

    /** The file of a multipart form. */
    public byte[] file() {
      return Multipart.bytes(headers.getOrDefault("content-type", ""), body, "file").getFirst();
    }
  }

  public static FakeOpenAiServer start() throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    FakeOpenAiServer server = new FakeOpenAiServer(listener);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  /** With the version, as settings want it. */
  public URI baseUrl() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/v1");
  }

  /** Queues an answer for the next request that has none yet. */
  public FakeOpenAiServer answer(FakeAnswer answer) {
    script.add(answer);
    return this;
  }

  /** What transcriptions are answered with from now on, where nothing is queued. */
  public FakeOpenAiServer transcribeWith(FakeAnswer answer) {
    return transcribeWith(any -> answer);
  }

  /** As {@link #transcribeWith(FakeAnswer)}; may take its time, each request has a thread. */
  public FakeOpenAiServer transcribeWith(Function<Received, FakeAnswer> answer) {
    transcription = answer;
    return this;
  }

  /** What chats are answered with from now on, where nothing is queued. */
  public FakeOpenAiServer chatWith(FakeAnswer answer) {
    completion = answer;
    return this;
  }

  /** All requests so far, in order of arrival. */
  public List<Received> received() {
    return List.copyOf(received);
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        // The listener was closed, or the connection broke before it was taken.
        continue;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = new BufferedInputStream(connection.getInputStream(), 1 << 16);
      OutputStream out = new BufferedOutputStream(connection.getOutputStream());
      while (closed.getCount() > 0) {
        String head = head(in);
        if (head == null || !exchange(head, in, out, connection)) {
          return;
        }
      }
    } catch (IOException e) {
      // The client went away: that is its right.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /** Answers one request; false where the connection is over. */
  private boolean exchange(String head, InputStream in, OutputStream out, Socket connection)
      throws IOException, InterruptedException {
    String[] lines = head.split("\r\n");
    String[] first = lines[0].split(" ");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      String[] header = lines[i].split(":", 2);
      headers.put(header[0].toLowerCase(Locale.ROOT), header[1].strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("the request was cut off");
    }
    Received request = new Received(first[0], first[1], headers, body);
    received.add(request);
    return send(next(request), out, connection);
  }

  private FakeAnswer next(Received request) {
    FakeAnswer queued = script.poll();
    if (queued != null) {
      return queued;
    }
    return switch (request.path()) {
      case "/v1/audio/transcriptions" -> transcription.apply(request);
      case "/v1/chat/completions" -> completion;
      default -> FakeAnswer.status(404);
    };
  }

  private boolean send(FakeAnswer answer, OutputStream out, Socket connection)
      throws IOException, InterruptedException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    switch (answer.fault()) {
      case NONE -> {
        out.write(head(answer, body.length));
        out.write(body);
        out.flush();
        return true;
      }
      case NEVER -> closed.await();
      case RESET -> connection.setSoLinger(true, 0);
      case HANG_UP -> out.flush();
      case CUT_OFF -> {
        out.write(head(answer, body.length));
        out.write(body, 0, body.length / 2);
        out.flush();
      }
      case DRIBBLE -> {
        out.write(head(answer, body.length));
        for (byte b : body) {
          out.write(b);
          out.flush();
          if (closed.await(DRIBBLE_MILLIS, TimeUnit.MILLISECONDS)) {
            return false;
          }
        }
        return true;
      }
    }
    return false;
  }

  private static byte[] head(FakeAnswer answer, int length) {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Scripted\r\n");
    head.append("Content-Length: ").append(length).append("\r\n");
    answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    return head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** The head of a request, or null where the client closed the connection before one. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < HEAD_BYTES_MAX) {
      int b = in.read();
      if (b < 0) {
        return null;
      }
      head.append((char) b);
      if (b == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.substring(0, head.length() - 4);
      }
    }
    throw new IOException("the head of the request has no end");
  }
}
