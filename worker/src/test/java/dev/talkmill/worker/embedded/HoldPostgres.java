package dev.talkmill.worker.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** Starts a server and holds it until killed. */
final class HoldPostgres {

  private HoldPostgres() {}

  @SuppressWarnings("resource") // It is never closed: that is the point.
  public static void main(String[] arguments) throws IOException {
    EmbeddedPostgres server = EmbeddedPostgres.start(Path.of(arguments[0]));
    System.out.println("STARTED " + server.jdbcUrl());
    while (System.in.read() >= 0) {
      // Until the other side is gone.
    }
  }
}
