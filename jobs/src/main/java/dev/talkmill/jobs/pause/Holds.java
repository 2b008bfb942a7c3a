package dev.talkmill.jobs.pause;

import dev.talkmill.pipeline.ledger.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * What is paused, in this process's memory: asked for every row, and so without a round trip. Each
 * pass of the relay reads it anew in a statement that it makes anyway, also in a process whose
 * relay does not have the turn. So it may be late by a NOTIFY, or by a poll where that is lost; a
 * claim therefore asks the table as well, and what is here only saves it from being tried.
 */
public final class Holds {

  /** A column of a statement in the system role, for {@link #learn}. */
  public static final String COLUMN = "ARRAY(SELECT kind || ':' || name FROM pause) AS paused";

  private final Map<Stage, String> providers;
  private volatile Known known = new Known(Set.of(), Set.of(), Set.of());

  /** What is paused by name, and the stages that this process so leaves alone. */
  private record Known(Set<Stage> byName, Set<Stage> byProvider, Set<UUID> tenants) {}

  /**
   * Nothing is paused before the first look.
   *
   * @param providers who does a stage in this process, where that is a provider
   */
  public Holds(Map<Stage, String> providers) {
    this.providers = Map.copyOf(providers);
  }

  /** Who does a stage in this process. */
  public Map<Stage, String> providers() {
    return providers;
  }

  /** Whether work of a stage and tenant waits. */
  public boolean hold(Stage stage, UUID tenant) {
    Known now = known;
    return now.byName.contains(stage)
        || now.byProvider.contains(stage)
        || now.tenants.contains(tenant);
  }

  /** Stages that this process leaves alone for every tenant. */
  public Set<Stage> stages() {
    Known now = known;
    Set<Stage> stages = EnumSet.noneOf(Stage.class);
    stages.addAll(now.byName);
    stages.addAll(now.byProvider);
    return stages;
  }

  /** Tenants that are paused as a whole. */
  public Set<UUID> tenants() {
    return known.tenants;
  }

  /** Runs a statement that learns. One at a time, so that an older answer never comes last. */
  public synchronized <T> T look(Supplier<T> statement) {
    return statement.get();
  }

  /** Takes over what {@link #COLUMN} says. */
  public void learn(ResultSet row) throws SQLException {
    Set<Stage> byName = EnumSet.noneOf(Stage.class);
    Set<String> paused = new HashSet<>();
    Set<UUID> tenants = new HashSet<>();
    for (String text : (String[]) row.getArray("paused").getArray()) {
      int colon = text.indexOf(':');
      String name = text.substring(colon + 1);
      Pause.Kind kind = Pause.Kind.of(text.substring(0, colon)).orElseThrow();
      switch (kind) {
        case TENANT -> tenants.add(UUID.fromString(name));
        case PROVIDER -> paused.add(name);
        // A newer version's stage is none that this process could run.
        case STAGE ->
            Arrays.stream(Stage.values())
                .filter(stage -> stage.name().equals(name))
                .forEach(byName::add);
      }
    }
    Set<Stage> byProvider =
        providers.entrySet().stream()
            .filter(entry -> paused.contains(entry.getValue()))
            .map(Map.Entry::getKey)
            .collect(Collectors.toUnmodifiableSet());
    known = new Known(Set.copyOf(byName), byProvider, Set.copyOf(tenants));
  }
}
