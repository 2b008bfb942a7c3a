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
 * fiftieth of those that wait: too few for the names of its figures, and for the planner to prefer
 * an index everywhere.
 *
 * <p>The relay dispatches 100 rows a pass, and what it has dispatched is ended by SQL before the
 * next; its reference finds the same 100 rows, of as many tenants and in the same four classes, in
 * a ledger where nothing else waits.
 */
final class BigTables implements Measure {

  /** What there is of everything, by size. */
  private record Extent(int tenants, int rowsEach, int waitingEach) {
    static Extent of(Size size) {
      return size.pick(
          new Extent(1_000, 10_000, 1_000), new Extent(1_000, 100, 20), new Extent(120, 20, 20));
    }
  }

  private static final List<String> STATES = List.of("1m", "10m", "backlog");

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
          "old_succeeded_jobs",
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
    return Stream.concat(
            STATES.stream().flatMap(BigTables::figuresAt),
            Stream.of("seq_scans_of_history", "seq_scan_plans_of_history"))
        .toList();
  }

  private static Stream<String> figuresAt(String state) {
    return Stream.concat(
        Stream.of("pickup_at_%s_p99", "relay_at_%s_p50", "relay_at_%s_p95")
            .map(name -> name.formatted(state)),
        SWEEPS.stream().map(sweep -> "sweep_" + sweep + "_at_" + state));
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Extent extent = Extent.of(stand.size());
    if (stand.size() != Size.SMALLEST) {
      // Or what is measured first, which all else is compared with, would be slow for being first.
      Costs.of(Tables.empty(stand, extent).ledger());
    }
    Tables tables = Tables.empty(stand, extent);
    Upkeep upkeep = tables.upkeep();
    History history = tables.history();
    LedgerCosts ledger = tables.ledger();
    Costs empty = Costs.of(ledger);
    stand.say("measured without history");

    List<Figure> figures = new ArrayList<>();
    history.finished(extent.rowsEach() / 10);
    stand.say("%,d finished rows".formatted(extent.rowsEach() / 10 * extent.tenants()));
    figures.addAll(figures("1m", Costs.of(ledger), empty));

    history.finished(extent.rowsEach());
    stand.say("%,d finished rows".formatted(extent.rowsEach() * extent.tenants()));
    long scans = upkeep.sequentialScans();
    figures.addAll(figures("10m", Costs.of(ledger), empty));

    history.waiting(extent.waitingEach());
    stand.say("%,d waiting rows beside them".formatted(extent.waitingEach() * extent.tenants()));
    figures.addAll(figures("backlog", Costs.besideBacklog(ledger), empty));
    double scanned = (double) (upkeep.sequentialScans() - scans);
    figures.add(Figure.alone("seq_scans_of_history", scanned, ""));
    figures.add(Figure.alone("seq_scan_plans_of_history", ledger.explained(), ""));
    return figures;
  }

  /** A database, and what is done with it. */
  private record Tables(Upkeep upkeep, History history, LedgerCosts ledger) {

    static Tables empty(Stand stand, Extent extent) throws Exception {
      Address address = stand.migrated("big_tables");
      Upkeep upkeep = new Upkeep(address);
      History history = new History(upkeep, extent.tenants(), extent.rowsEach());
      return new Tables(upkeep, history, new LedgerCosts(stand, address, upkeep));
    }
  }

  /** What was measured in one state of the tables. */
  private record Costs(Samples pickup, Samples relay, Map<String, Samples> sweeps) {

    /** The relay last: it leaves rows behind. */
    static Costs of(LedgerCosts ledger) {
      Samples pickup = ledger.pickup();
      Map<String, Samples> sweeps = ledger.sweeps();
      return new Costs(pickup, ledger.relay(), sweeps);
    }

    /** Pickup last: a worker that ends leaves rows that no pass would dispatch. */
    static Costs besideBacklog(LedgerCosts ledger) {
      Map<String, Samples> sweeps = ledger.sweeps();
      Samples relay = ledger.relayOfBacklog();
      return new Costs(ledger.pickupBesideBacklog(), relay, sweeps);
    }
  }

  private static List<Figure> figures(String state, Costs costs, Costs empty) {
    List<Figure> figures = new ArrayList<>();
    figures.add(
        Figure.beside(
            "pickup_at_" + state + "_p99",
            costs.pickup().millis(0.99),
            "ms",
            empty.pickup().millis(0.99),
            "no history"));
    figures.add(relay("relay_at_" + state + "_p50", costs, empty, 0.5));
    figures.add(relay("relay_at_" + state + "_p95", costs, empty, 0.95));
    costs
        .sweeps()
        .forEach((name, samples) ->
            figures.add(
                Figure.beside(
                    "sweep_" + name + "_at_" + state,
                    samples.millis(0.5),
                    "ms",
                    requireNonNull(empty.sweeps().get(name), name).millis(0.5),
                    "no history")));
    return figures;
  }

  private static Figure relay(String name, Costs costs, Costs empty, double quantile) {
    return Figure.beside(
        name,
        costs.relay().millis(quantile) * 1000,
        "µs",
        empty.relay().millis(quantile) * 1000,
        "a row of the same batch, nothing else in the ledger");
  }
}
