package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.ledger.Stage;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharesTest {

  @Test
  void roomIsDividedEvenlyAndWhatOneDoesNotWantGoesToTheOthers() {
    Map<Stage, Integer> wanted =
        new EnumMap<>(Map.of(Stage.STORE, 100, Stage.PREPARE, 2, Stage.SUMMARIZE, 100));
    assertThat(Shares.of(wanted, 12, 0))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Stage.STORE, 5, Stage.PREPARE, 2, Stage.SUMMARIZE, 5));
  }

  @Test
  void nobodyGetsMoreThanIsWanted() {
    assertThat(Shares.of(Map.of(Stage.STORE, 3), 100, 1)).isEqualTo(Map.of(Stage.STORE, 3));
  }

  @Test
  void withoutRoomThereAreNoShares() {
    assertThat(Shares.of(Map.of(Stage.STORE, 3), 0, 0)).isEmpty();
  }

  @Test
  void littleRoomGoesToAnotherStageEachTime() {
    Map<Stage, Integer> wanted =
        new EnumMap<>(Map.of(Stage.STORE, 9, Stage.TRANSCRIBE, 9, Stage.SUMMARIZE, 9));
    assertThat(Shares.of(wanted, 1, 0)).isEqualTo(Map.of(Stage.STORE, 1));
    assertThat(Shares.of(wanted, 1, 1)).isEqualTo(Map.of(Stage.TRANSCRIBE, 1));
    assertThat(Shares.of(wanted, 1, 2)).isEqualTo(Map.of(Stage.SUMMARIZE, 1));
    assertThat(Shares.of(wanted, 1, 3)).isEqualTo(Map.of(Stage.STORE, 1));
  }
}
