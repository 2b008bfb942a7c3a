package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.queue.DueRows.Candidate;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FewestFirstTest {

  private static final UUID GREAT = UUID.randomUUID();
  private static final UUID SMALL = UUID.randomUUID();
  private static final UUID OTHER = UUID.randomUUID();

  @Test
  void whoHasTheLeastInFlightComesBeforeWhoHoldsThePlacesAlready() {
    List<Candidate> turns = List.of(of(OTHER), of(GREAT), of(SMALL), of(GREAT), of(SMALL));
    assertThat(order(turns, Map.of(GREAT, 16, SMALL, 1, OTHER, 0)))
        .containsExactly(OTHER, SMALL, SMALL, GREAT, GREAT);
  }

  @Test
  void withTheSameInFlightTheTurnsStayAsTheyAre() {
    List<Candidate> turns = List.of(of(GREAT), of(SMALL), of(OTHER), of(GREAT), of(SMALL));
    assertThat(FewestFirst.of(turns, any -> 0)).isEqualTo(turns);
  }

  @Test
  void whoseTurnItIsComesFirstWhateverItHolds() {
    List<Candidate> turns = List.of(of(GREAT), of(SMALL), of(OTHER));
    assertThat(order(turns, Map.of(GREAT, 16))).containsExactly(GREAT, SMALL, OTHER);
  }

  @Test
  void theTurnEndsBeforeTheFirstThatWasPassedOver() {
    Candidate first = of(SMALL);
    Candidate passedOver = of(GREAT);
    Candidate next = of(OTHER);
    assertThat(FewestFirst.served(List.of(first, passedOver, next), Set.of(first, next)))
        .containsExactly(first);
  }

  private static List<UUID> order(List<Candidate> turns, Map<UUID, Integer> inFlight) {
    return FewestFirst.of(turns, tenant -> inFlight.getOrDefault(tenant, 0)).stream()
        .map(Candidate::tenant)
        .toList();
  }

  private static Candidate of(UUID tenant) {
    return new Candidate(Stage.STORE, Priority.LIVE, tenant, UUID.randomUUID());
  }
}
