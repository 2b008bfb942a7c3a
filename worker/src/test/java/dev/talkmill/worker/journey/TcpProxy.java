package dev.talkmill.worker.journey;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A wire to a server on loopback that can be cut: then its port refuses, and what was open ends.
 */
final class TcpProxy implements AutoCloseable {

  private final int port;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private ServerSocket listener;

  private TcpProxy(ServerSocket listener, int target) {
    this.listener = listener;
    this.port = listener.getLocalPort();
    this.target = target;
    accept(listener);
  }

  static TcpProxy to(int port) throws IOException {
    return new TcpProxy(listenOn(FreePort.find()), port);
  }

  private static ServerSocket listenOn(int port) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.setReuseAddress(true);
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return listener;
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  void cut() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  void mend() throws IOException {
    listener = listenOn(port);
    accept(listener);
  }

  private void accept(ServerSocket from) {
    Thread.ofVirtual()
        .start(() -> {
          while (!from.isClosed()) {
            try {
              Socket client = from.accept();
              open.add(client);
              Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
              open.add(server);
              carry(client, server);
              carry(server, client);
            } catch (IOException e) {
              // Cut, or a client that went at once.
              continue;
            }
          }
        });
  }

  private void carry(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try (from;
              to;
              InputStream in = from.getInputStream();
              OutputStream out = to.getOutputStream()) {
            in.transferTo(out);
          } catch (IOException e) {
            // One side is gone, and the other one goes with it.
            open.remove(to);
          } finally {
            open.remove(from);
          }
        });
  }

  @Override
  public void close() throws IOException {
    cut();
  }
}
