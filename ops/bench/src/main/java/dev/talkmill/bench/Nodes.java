package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One, two and four workers on one database, each in a JVM of its own with a small heap. They share
 * the cores of one machine, so with providers that take no time they can only take them from each
 * other; with providers that take a while, as real ones do, a worker's slots are the limit and more
 * workers are faster. No chunk may be transcribed twice.
 */
final class Nodes implements Measure {

  private static final int[] COUNTS = {1, 2, 4};

  /** With the 64 slots of a worker: 128 journeys a second at most from each. */
  private static final Duration WAIT = Duration.ofMillis(500);

  @Override
  public String name() {
    return "nodes";
  }

  @Override
  public String question() {
    return "journeys of 1, 2 and 4 workers on one database and one machine;"
        + " waiting: provider calls of 500 ms, 64 at once a worker";
  }

  @Override
  public List<String> figures() {
    return Stream.concat(
            Stream.of("nodes_", "nodes_waiting_")
                .flatMap(prefix -> Arrays.stream(COUNTS).mapToObj(count -> prefix + count)),
            Stream.of("nodes_duplicates"))
        .toList();
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    List<Figure> figures = new ArrayList<>();
    long duplicates =
        fleet(stand, "nodes_", Duration.ZERO, figures)
            + fleet(stand, "nodes_waiting_", WAIT, figures);
    if (duplicates != 0) {
      throw new IllegalStateException(duplicates + " chunks were transcribed more than once");
    }
    figures.add(Figure.alone("nodes_duplicates", (double) duplicates, ""));
    return figures;
  }

  /** Adds workers to those that run; returns the number of needless provider calls. */
  private static long fleet(Stand stand, String prefix, Duration delay, List<Figure> figures)
      throws Exception {
    Address address = stand.migrated("nodes");
    List<Node> nodes = new ArrayList<>();
    @Nullable Double one = null;
    try (NodeJourneys engine = new NodeJourneys(address, stand.scratch(prefix + "intake"))) {
      for (int count : COUNTS) {
        grow(nodes, count, address, stand.scratch(prefix + count), delay);
        Clients.seconds(engine, stand.size().of(25, 1) * count);
        Stand.execute(address, "ANALYZE");
        int conversations = stand.size().of(50, 1) * (delay.isZero() ? COUNTS[2] : count);
        double rate =
            conversations * (double) Clients.CHUNKS / Clients.seconds(engine, conversations);
        figures.add(figure(prefix + count, rate, one));
        one = one == null ? rate : one;
        stand.say("%d workers, provider calls of %d ms".formatted(count, delay.toMillis()));
      }
      if (!nodes.stream().allMatch(Node::isAlive)) {
        throw new IllegalStateException("a worker has died");
      }
      return engine.duplicates();
    } finally {
      Node.closeAll(nodes);
    }
  }

  private static Figure figure(String name, double rate, @Nullable Double one) {
    return one == null
        ? Figure.alone(name, rate, "1/s")
        : Figure.beside(name, rate, "1/s", one, "one worker");
  }

  private static void grow(
      List<Node> nodes, int count, Address address, Path scratch, Duration delay) throws Exception {
    while (nodes.size() < count) {
      nodes.add(Node.start(address, scratch.resolve("node-" + nodes.size()), delay));
    }
    for (Node node : nodes) {
      node.awaitReady();
    }
  }
}
