package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;

/** A worker in a process of its own; see {@link Node}. It lives until its standard input ends. */
final class NodeWorker {

  /** Environment variable with the database's password. */
  static final String PASSWORD = "TALKMILL_BENCH_PASSWORD";

  /** Said on standard output once it takes jobs. */
  static final String READY = "ready";

  private NodeWorker() {}

  public static void main(String[] arguments) throws Exception {
    Address address = new Address(arguments[0], arguments[1], System.getenv(PASSWORD));
    Shape usual = Shape.usual();
    Shape shape = new Shape(Duration.ofMillis(Long.parseLong(arguments[3])), usual.speechSlots());
    Mill mill = new Mill(address, Path.of(arguments[2]), shape).start();
    System.out.println(READY);
    try (InputStream in = System.in) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    mill.close();
    System.exit(0);
  }
}
