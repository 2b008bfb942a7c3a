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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A line between workers and a server on loopback, which can be cut, held, and made to forget. */
final class Pipe implements AutoCloseable {

  private static final int BACKLOG = 256;
  private static final int BUFFER_BYTES = 16 * 1024;

  /** How PostgreSQL says that a transaction is committed: the tag of a CommandComplete. */
  private static final byte[] COMMITTED = "COMMIT\0".getBytes(StandardCharsets.US_ASCII);

  private final SocketAddress server;
  private final ServerSocket entry;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger toSwallow = new AtomicInteger();
  private final AtomicInteger swallowed = new AtomicInteger();
  private volatile boolean cut;
  private volatile CountDownLatch held = new CountDownLatch(0);

  /** Listens on a free port. */
  Pipe(int serverPort) throws IOException {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
    entry = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return entry.getLocalPort();
  }

  /** Resets all connections, and every new one, until {@link #mend}. */
  void cut() {
    cut = true;
    open.forEach(Pipe::reset);
  }

  /** Lets nothing through until {@link #mend}; nobody is told. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void mend() {
    cut = false;
    held.countDown();
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
      if (!cut) {
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
        held.await();
        if (cut || (answers && isSwallowed(buffer, read))) {
          break;
        }
        out.write(buffer, 0, read);
        out.flush();
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
      cut();
      mend();
      threads.shutdownNow();
    }
  }
}
