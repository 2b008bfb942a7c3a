package dev.talkmill.bench;

import static java.util.Objects.requireNonNull;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What history and a backlog cost: pickup, relay and every sweep with no finished rows, with 1 M
 * and with 10 M of them, and with 1 M rows over 1,000 tenants that wait beside the 10 M. Ten
 * million rows are of 1,000 tenants, end within 60 days, and come with the 3.3 M chunks and 167,000
 * settled conversations that they are of and with 2 M events. The waiting ones are of 50,000
 * conversations of which half are finished. A quick run has a hundredth of the finished rows and a
 * fiftieth of those that wait.
 *
 * <p>The relay dispatches 100 rows a pass, and what it has dispatched is ended by SQL before the
 * next; its reference finds the same 100 rows, of as many tenants and in the same four classes, in
 * a ledger where nothing else waits.
 */
final class BigTables implements Measure {

  private static final int TENANTS = 1_000;

  private static final List<String> SWEEPS =
      List.of(
          "poison",
          "leases_over",
          "idle_conversations",
          "chunks_without_row",
          "conversations_behind",
          "provider_calls_overdue",
          "old_events",
          "old_rows",
          "old_idempotency_keys",
          "old_failed_jobs",
          "unconfirmed_uploads",
          "rows_without_objects",
          "orphan_objects");

  @Override
  public String name() {
    return "big_tables";
  }

  @Override
  public String question() {
    return "the same with 1 M and 10 M finished rows, and with 1 M waiting rows beside them";
  }

  @Override
  public List<String> figures() {
    return Stream.of(
            Stream.of("pickup_at_1m_p99", "pickup_at_10m_p99", "pickup_at_backlog_p99"),
            Stream.of("relay_at_backlog_p50", "relay_at_backlog_p95"),
            SWEEPS.stream().map(sweep -> "sweep_" + sweep + "_at_10m"),
            SWEEPS.stream().map(sweep -> "sweep_" + sweep + "_at_backlog"),
            Stream.of("seq_scans_of_history", "seq_scan_plans_of_history"))
        .flatMap(names -> names)
        .toList();
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    boolean full = stand.size().scale() == 1;
    Address address = stand.migrated("big_tables");
    int rows = full ? 10_000 : 100;
    int waiting = full ? 1_000 : 20;
    Upkeep upkeep = new Upkeep(address);
    History history = new History(upkeep, TENANTS, rows);
    LedgerCosts ledger = new LedgerCosts(stand, address, upkeep, stand.size().of(500, 30));

    Samples pickup = ledger.pickup();
    Map<String, Samples> sweeps = ledger.sweeps();
    Samples relay = ledger.relay(() -> upkeep.batch(LedgerCosts.BATCH));
    stand.say("measured without history");

    List<Figure> figures = new ArrayList<>();
    history.finished(rows / 10);
    stand.say("%,d finished rows".formatted(rows / 10 * TENANTS));
    figures.add(pickup("pickup_at_1m_p99", ledger.pickup(), pickup));

    history.finished(rows);
    stand.say("%,d finished rows".formatted(rows * TENANTS));
    long scans = upkeep.sequentialScans();
    figures.add(pickup("pickup_at_10m_p99", ledger.pickup(), pickup));
    figures.addAll(sweeps("at_10m", ledger.sweeps(), sweeps));

    history.waiting(waiting);
    stand.say("%,d waiting rows beside them".formatted(waiting * TENANTS));
    figures.addAll(sweeps("at_backlog", ledger.sweeps(), sweeps));
    Samples beside = ledger.relay(() -> {});
    figures.add(relay("relay_at_backlog_p50", beside, relay, 0.5));
    figures.add(relay("relay_at_backlog_p95", beside, relay, 0.95));
    figures.add(pickup("pickup_at_backlog_p99", ledger.pickupBesideBacklog(), pickup));
    double scanned = (double) (upkeep.sequentialScans() - scans);
    figures.add(Figure.beside("seq_scans_of_history", scanned, "", 0, "none is allowed"));
    figures.add(Figure.alone("seq_scan_plans_of_history", ledger.explained(), ""));
    return figures;
  }

  private static Figure pickup(String name, Samples pickup, Samples empty) {
    return Figure.beside(name, pickup.millis(0.99), "ms", empty.millis(0.99), "no history");
  }

  private static Figure relay(String name, Samples relay, Samples empty, double quantile) {
    return Figure.beside(
        name,
        relay.millis(quantile) * 1000,
        "µs",
        empty.millis(quantile) * 1000,
        "a row of the same batch, nothing else in the ledger");
  }

  private static List<Figure> sweeps(
      String when, Map<String, Samples> sweeps, Map<String, Samples> empty) {
    List<Figure> figures = new ArrayList<>();
    sweeps.forEach((name, samples) ->
        figures.add(
            Figure.beside(
                "sweep_" + name + "_" + when,
                samples.millis(0.5),
                "ms",
                requireNonNull(empty.get(name), name).millis(0.5),
                "no history")));
    return figures;
  }
}
