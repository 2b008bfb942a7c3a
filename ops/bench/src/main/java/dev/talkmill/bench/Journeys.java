package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whole journeys a second: chunks are accepted by 16 clients at once while the worker stores,
 * prepares, transcribes and joins them, until every conversation has its summary. Talkmill and the
 * references take turns, each on a database of its own; figures are medians of the turns.
 */
final class Journeys implements Measure {

  private static final int ROUNDS = 3;
  private static final int ROUNDS_QUICK = 2;

  /** Each in its turn, and what its turns took. */
  private static final class Contender {
    private final JourneyEngine.Opening opening;
    private final Address address;
    private final Path scratch;
    private final String name;
    private final List<Double> perSecond = new ArrayList<>();
    private final List<Cost> costs = new ArrayList<>();

    Contender(Stand stand, String name, JourneyEngine.Opening opening) {
      this.name = name;
      this.opening = opening;
      this.address = stand.migrated("journeys_" + name);
      this.scratch = stand.scratch("journeys_" + name);
    }

    void turn(int warmUp, int conversations) throws Exception {
      try (JourneyEngine engine = opening.open(address, scratch)) {
        Clients.seconds(engine, warmUp);
        // Statistics, so that no plan is made for empty tables; autovacuum comes when it will.
        Stand.execute(address, "ANALYZE");
        Cost before = Cost.of(address);
        double seconds = Clients.seconds(engine, conversations);
        costs.add(Cost.of(address).minus(before));
        perSecond.add(conversations * (double) Clients.CHUNKS / seconds);
      }
    }

    double rate() {
      return median(perSecond.stream().mapToDouble(each -> each).toArray());
    }

    String costs(int journeys) {
      return "%s: %.1f statements, %.2f commits and %.0f bytes of WAL a journey"
          .formatted(name, statements(journeys), commits(journeys), walBytes(journeys));
    }

    double statements(int journeys) {
      return median(costs.stream().mapToDouble(Cost::statements).toArray()) / journeys;
    }

    double commits(int journeys) {
      return median(costs.stream().mapToDouble(Cost::commits).toArray()) / journeys;
    }

    double walBytes(int journeys) {
      return median(costs.stream().mapToDouble(Cost::walBytes).toArray()) / journeys;
    }
  }

  @Override
  public String name() {
    return "journeys";
  }

  @Override
  public String question() {
    return "chunk journeys (accept, store, prepare, transcribe, join), 20 a conversation";
  }

  @Override
  public List<String> figures() {
    return List.of(
        "journeys",
        "journeys_vs_dbscheduler",
        "journeys_vs_stock_jobrunr",
        "conversations",
        "journey_statements",
        "journey_commits",
        "journey_wal_bytes");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Contender mill = new Contender(stand, "mill", MillJourneys::open);
    Contender byHand = new Contender(stand, "hand", SkipLockedLoop::open);
    Contender dbScheduler = new Contender(stand, "dbs", DbSchedulerRun::open);
    DbSchedulerRun.createTables(dbScheduler.address);
    int conversations = stand.size().of(250, 1);
    int rounds = stand.size().pick(ROUNDS, ROUNDS_QUICK, 1);
    for (int round = 0; round < rounds; round++) {
      for (Contender each : List.of(mill, byHand, dbScheduler)) {
        each.turn(stand.size().of(round == 0 ? 400 : 50, 1), conversations);
      }
      stand.say(
          "journeys/s: %.0f, by hand %.0f, db-scheduler %.0f"
              .formatted(
                  mill.perSecond.getLast(),
                  byHand.perSecond.getLast(),
                  dbScheduler.perSecond.getLast()));
    }
    for (Contender each : List.of(mill, byHand, dbScheduler)) {
      stand.say(each.costs(conversations * Clients.CHUNKS));
    }
    return figures(mill, byHand, dbScheduler, stockJobRunr(stand), conversations);
  }

  private static double stockJobRunr(Stand stand) throws Exception {
    int conversations = stand.size().of(50, 1);
    Address address = stand.migrated("journeys_stock");
    StockJobRunr.dropTables(address);
    try (StockJobRunr stock = new StockJobRunr(address, stand.scratch("journeys_stock"))) {
      stock.seconds(stand.size().of(10, 1));
      Stand.execute(address, "ANALYZE");
      return conversations * (double) Clients.CHUNKS / stock.seconds(conversations);
    }
  }

  private static List<Figure> figures(
      Contender mill, Contender byHand, Contender dbScheduler, double stock, int conversations) {
    int journeys = conversations * Clients.CHUNKS;
    double rate = mill.rate();
    String hand = "SKIP LOCKED loop by hand";
    return List.of(
        Figure.beside("journeys", rate, "1/s", byHand.rate(), hand),
        Figure.beside(
            "journeys_vs_dbscheduler", rate, "1/s", dbScheduler.rate(), "db-scheduler, tuned"),
        Figure.beside("journeys_vs_stock_jobrunr", rate, "1/s", stock, "JobRunr as it comes"),
        Figure.beside(
            "conversations", rate / Clients.CHUNKS, "1/s", byHand.rate() / Clients.CHUNKS, hand),
        Figure.beside(
            "journey_statements", mill.statements(journeys), "", byHand.statements(journeys), hand),
        Figure.beside(
            "journey_commits", mill.commits(journeys), "", byHand.commits(journeys), hand),
        Figure.beside(
            "journey_wal_bytes", mill.walBytes(journeys), "B", byHand.walBytes(journeys), hand));
  }

  private static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
