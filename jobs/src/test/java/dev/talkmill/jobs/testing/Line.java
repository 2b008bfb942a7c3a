package dev.talkmill.jobs.testing;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A line to a database that can go dead without a word, as one that a firewall has forgotten. */
public final class Line implements AutoCloseable {

  private final Address target;
  private final URI server;
  private final ServerSocket listening;
  private final List<Call> calls = new CopyOnWriteArrayList<>();

  public Line(Address target) throws IOException {
    this.target = target;
    this.server = URI.create(target.url().substring("jdbc:".length()));
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** Where to connect to go through this line. */
  public Address address() {
    String here = listening.getInetAddress().getHostAddress() + ":" + listening.getLocalPort();
    return new Address(
        target.url().replace(server.getRawAuthority(), here), target.username(), target.password());
  }

  /** What is connected now stays connected, and nothing passes in either direction any more. */
  public void goDead() {
    calls.forEach(call -> call.dead = true);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Call call = new Call(client, new Socket(server.getHost(), server.getPort()));
        calls.add(call);
        Thread.ofVirtual().start(() -> call.pass(call.client, call.server));
        Thread.ofVirtual().start(() -> call.pass(call.server, call.client));
      }
    } catch (IOException e) {
      close(); // Closed by the test, or of no use to it.
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Call call : calls) {
        call.client.close();
        call.server.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Call {

    private final Socket client;
    private final Socket server;
    private volatile boolean dead;

    Call(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }

    void pass(Socket from, Socket to) {
      byte[] buffer = new byte[8_192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          if (!dead) {
            out.write(buffer, 0, read);
            out.flush();
          }
        }
        if (!dead) {
          to.close();
        }
      } catch (IOException e) {
        // One end has hung up: so does the line, unless it is dead to the other.
        hangUp(to);
      }
    }

    private void hangUp(Socket to) {
      try {
        if (!dead) {
          to.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
