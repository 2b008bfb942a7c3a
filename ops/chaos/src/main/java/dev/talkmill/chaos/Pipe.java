package dev.talkmill.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A line between workers and a server on loopback, which fails on request. */
final class Pipe implements AutoCloseable {

  private static final int BACKLOG = 256;
  private static final int BUFFER_BYTES = 16 * 1024;

  /** How PostgreSQL says that a transaction is committed: the tag of a CommandComplete. */
  private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] BUSY_ANSWER =
      "HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private static final Duration SLOWLY = Duration.ofMillis(500);
  private static final int LINGER_MILLIS = 1_000;

  private final SocketAddress server;
  private final ServerSocket entry;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger toSwallow = new AtomicInteger();
  private final AtomicInteger swallowed = new AtomicInteger();
  private volatile LineFault fault = LineFault.NONE;
  private volatile CountDownLatch over = new CountDownLatch(0);

  /** Listens on a free port. */
  Pipe(int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    entry = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return entry.getLocalPort();
  }

  /** From here on, until {@link #mend}. */
  void fail(LineFault how) {
    over = new CountDownLatch(1);
    fault = how;
    if (how == LineFault.CUT) {
      open.forEach(Pipe::reset);
    }
  }

  void mend() {
    fault = LineFault.NONE;
    over.countDown();
  }

  /** The next so many answers that say "committed" are lost, and their connections with them. */
  void swallowCommits(int count) {
    toSwallow.set(count);
  }

  /** How many were, so far. */
  int swallowed() {
    return swallowed.get();
  }

  private void accept() {
    while (!entry.isClosed()) {
      try {
        Socket client = entry.accept();
        open.add(client);
        threads.execute(() -> serve(client));
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket client) {
    Socket target = new Socket();
    open.add(target);
    try {
      if (fault != LineFault.CUT) {
        target.connect(server);
        client.setTcpNoDelay(true);
        target.setTcpNoDelay(true);
        threads.execute(() -> pump(client, target, false));
        pump(target, client, true);
      }
    } catch (IOException e) {
      // The server is away, and the client sees as much.
    } finally {
      end(client);
      end(target);
    }
  }

  private void pump(Socket from, Socket to, boolean answers) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        int let = answers ? letThrough(buffer, read) : letThrough(from, read);
        out.write(buffer, 0, let);
        out.flush();
        if (let < read) {
          break;
        }
      }
    } catch (IOException e) {
      // One side has gone; the other is told below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(from);
      end(to);
    }
  }

  /** How many bytes of an answer go on; fewer than there are end the connection. */
  private int letThrough(byte[] buffer, int read) throws InterruptedException {
    switch (fault) {
      case NONE, BUSY -> {}
      case CUT -> {
        return 0;
      }
      case HELD -> over.await();
      case SLOW -> {
        boolean _ = over.await(SLOWLY.toMillis(), TimeUnit.MILLISECONDS);
      }
      case SHORTENED -> {
        return read / 2;
      }
    }
    return isSwallowed(buffer, read) ? 0 : read;
  }

  /** The same of what a client says. */
  private int letThrough(Socket client, int read) throws IOException, InterruptedException {
    switch (fault) {
      case NONE, SLOW, SHORTENED -> {}
      case CUT -> {
        return 0;
      }
      case HELD -> over.await();
      case BUSY -> {
        refuse(client);
        return 0;
      }
    }
    return read;
  }

  /** Answers for the server, and lets the client read it. */
  private static void refuse(Socket client) throws IOException {
    client.getOutputStream().write(BUSY_ANSWER);
    client.shutdownOutput();
    client.setSoTimeout(LINGER_MILLIS);
    long _ = client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private boolean isSwallowed(byte[] buffer, int length) {
    if (toSwallow.get() <= 0 || !contains(buffer, length)) {
      return false;
    }
    boolean mine = toSwallow.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    if (mine) {
      swallowed.incrementAndGet();
    }
    return mine;
  }

  private static boolean contains(byte[] buffer, int length) {
    for (int i = 0; i <= length - COMMITTED.length; i++) {
      int same = 0;
      while (same < COMMITTED.length && buffer[i + same] == COMMITTED[same]) {
        same++;
      }
      if (same == COMMITTED.length) {
        return true;
      }
    }
    return false;
  }

  private void end(Socket socket) {
    open.remove(socket);
    reset(socket);
  }

  /** Without a farewell, as when a machine is gone. */
  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      socket.close();
    } catch (IOException e) {
      // It is as closed as can be.
    }
  }

  @Override
  public void close() {
    try {
      entry.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      fail(LineFault.CUT);
      over.countDown();
      threads.shutdownNow();
    }
  }
}
