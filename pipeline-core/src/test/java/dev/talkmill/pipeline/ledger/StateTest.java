package dev.talkmill.pipeline.ledger;

import static dev.talkmill.pipeline.ledger.State.CANCELLED;
import static dev.talkmill.pipeline.ledger.State.COMPLETED;
import static dev.talkmill.pipeline.ledger.State.FAILED;
import static dev.talkmill.pipeline.ledger.State.PENDING;
import static dev.talkmill.pipeline.ledger.State.PROCESSING;
import static dev.talkmill.pipeline.ledger.State.QUEUED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class StateTest {

  /** Every move that is allowed; all others are refused. */
  private static final Map<State, Set<State>> ALLOWED =
      Map.of(
          PENDING, Set.of(QUEUED, PROCESSING, CANCELLED),
          QUEUED, Set.of(PENDING, PROCESSING, CANCELLED),
          PROCESSING, Set.of(PENDING, COMPLETED, FAILED, CANCELLED),
          COMPLETED, Set.of(),
          FAILED, Set.of(PENDING, PROCESSING, CANCELLED),
          CANCELLED, Set.of());

  static Stream<Arguments> allPairs() {
    return Stream.of(State.values())
        .flatMap(from -> Stream.of(State.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("allPairs")
  void aMoveIsAllowedOrRefusedAsTheTableSays(State from, State to) {
    assertThat(from.mayBecome(to)).isEqualTo(ALLOWED.get(from).contains(to));
  }

  @Test
  void whatIsOpenOrHasFailedCanStillBeCancelledAndWhatIsFinalNeverMoves() {
    for (State state : State.values()) {
      assertThat(state.mayBecome(CANCELLED))
          .as("%s", state)
          .isEqualTo(state.isOpen() || state == FAILED);
    }
    assertThat(List.of(COMPLETED, CANCELLED)).allMatch(state -> state.next().isEmpty());
  }

  @Test
  void onlyAHolderEndsARowWithAnOutcomeOrAFailure() {
    for (State state : State.values()) {
      assertThat(state.mayBecome(COMPLETED)).isEqualTo(state == PROCESSING);
      assertThat(state.mayBecome(FAILED)).isEqualTo(state == PROCESSING);
    }
  }
}
