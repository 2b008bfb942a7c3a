package dev.talkmill.worker.journey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A port that nobody listens on, for who gives it up and takes it again: outside of the range from
 * which systems give ports to whoever just needs one, so that nobody has it meanwhile.
 */
final class FreePort {

  private static final int FIRST = 10_000;
  private static final int LAST = 30_000;
  private static final int TRIES_MAX = 1_000;

  private FreePort() {}

  static int find() {
    for (int tried = 0; tried < TRIES_MAX; tried++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new AssertionError("no port between " + FIRST + " and " + LAST + " is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
