package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

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

  private static final Duration SHORT_WAIT = Duration.ofMillis(50);

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
    Address address = stand.migrated("nodes");
    List<Node> nodes = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    List<Double> waiting = new ArrayList<>();
    long duplicates;
    try (NodeJourneys engine = new NodeJourneys(address, stand.scratch("nodes-intake"))) {
      for (int count : COUNTS) {
        grow(nodes, count, address, stand);
        pace(nodes, Duration.ZERO);
        Clients.seconds(engine, stand.size().of(30 * count, 1));
        Stand.execute(address, "ANALYZE");
        rates.add(rate(engine, stand.size().of(200, 1)));
        pace(nodes, stand.size().pick(WAIT, WAIT, SHORT_WAIT));
        waiting.add(rate(engine, stand.size().of(50 * count, 1)));
        stand.say(
            "%d workers: %.0f journeys/s; waiting %.0f"
                .formatted(count, rates.getLast(), waiting.getLast()));
      }
      if (!nodes.stream().allMatch(Node::isAlive)) {
        throw new IllegalStateException("a worker has died");
      }
      duplicates = engine.duplicates();
    } finally {
      Node.closeAll(nodes);
    }
    return figures(rates, waiting, duplicates);
  }

  private static void grow(List<Node> nodes, int count, Address address, Stand stand)
      throws Exception {
    while (nodes.size() < count) {
      nodes.add(Node.start(address, stand.scratch("node-" + nodes.size())));
    }
  }

  private static void pace(List<Node> nodes, Duration delay) throws Exception {
    for (Node node : nodes) {
      node.pace(delay);
    }
    for (Node node : nodes) {
      node.awaitAnswer();
    }
  }

  private static double rate(NodeJourneys engine, int conversations) throws Exception {
    return conversations * (double) Clients.CHUNKS / Clients.seconds(engine, conversations);
  }

  private static List<Figure> figures(List<Double> rates, List<Double> waiting, long duplicates) {
    if (duplicates != 0) {
      throw new IllegalStateException(duplicates + " chunks were transcribed more than once");
    }
    List<Figure> figures = new ArrayList<>();
    add(figures, "nodes_", rates);
    add(figures, "nodes_waiting_", waiting);
    figures.add(Figure.alone("nodes_duplicates", (double) duplicates, ""));
    return figures;
  }

  private static void add(List<Figure> figures, String prefix, List<Double> rates) {
    for (int i = 0; i < COUNTS.length; i++) {
      figures.add(
          Figure.beside(prefix + COUNTS[i], rates.get(i), "1/s", rates.getFirst(), "one worker"));
    }
  }
}
