package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.ledger.Stage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SharesTest {

  private static final Map<Stage, Integer> WANTED = Map.of(Stage.STORE, 100, Stage.SUMMARIZE, 2);

  @Test
  void whoWantsLittleGetsIt() {
    assertThat(Shares.of(WANTED, 10)).isEqualTo(Map.of(Stage.STORE, 8, Stage.SUMMARIZE, 2));
  }

  @Test
  void littleRoomIsDividedEvenly() {
    assertThat(Shares.of(WANTED, 2)).isEqualTo(Map.of(Stage.STORE, 1, Stage.SUMMARIZE, 1));
  }

  @Test
  void nobodyGetsMoreThanItWants() {
    assertThat(Shares.of(WANTED, Integer.MAX_VALUE)).isEqualTo(WANTED);
    assertThat(Shares.of(Map.of(Stage.STORE, 0), 5)).isEmpty();
    assertThat(Shares.of(WANTED, 0)).isEmpty();
  }
}
