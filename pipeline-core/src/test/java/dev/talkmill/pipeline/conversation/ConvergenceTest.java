package dev.talkmill.pipeline.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.conversation.Convergence.Behind;
import dev.talkmill.pipeline.conversation.Convergence.Current;
import dev.talkmill.pipeline.conversation.Convergence.NotYet;
import dev.talkmill.pipeline.conversation.Convergence.Settling;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvergenceTest {

  private static final Settling SETTLING =
      new Settling(Duration.ofSeconds(15), Duration.ofMinutes(5));

  @ParameterizedTest
  @CsvSource({
    // finished, waits, open, generation, transcript, summary, expected
    "true, false, false, 5, 0, 0, AGGREGATE",
    "true, false, false, 5, 4, 4, AGGREGATE",
    "true, false, false, 5, 4, 0, AGGREGATE",
    "true, false, false, 5, 5, 4, SUMMARIZE",
    "true, false, false, 5, 5, 0, SUMMARIZE",
    "true, false, false, 5, 5, 5, CURRENT",
    "false, false, false, 5, 0, 0, NOT_YET",
    "false, false, false, 5, 5, 5, NOT_YET",
    "true, true, false, 5, 0, 0, NOT_YET",
    "true, false, true, 5, 0, 0, NOT_YET",
    "true, false, true, 5, 5, 5, NOT_YET",
    "true, true, true, 5, 5, 5, NOT_YET",
    "false, true, true, 5, 0, 0, NOT_YET",
  })
  void whatIsBehindFollowsFromGenerationsAlone(
      boolean finished,
      boolean waits,
      boolean open,
      long generation,
      long transcript,
      long summary,
      String expected) {
    ConversationFacts facts =
        new ConversationFacts(finished, waits, open, generation, transcript, summary, 0);
    assertThat(Convergence.decide(facts, SETTLING))
        .isEqualTo(
            switch (expected) {
              case "CURRENT" -> new Current();
              case "NOT_YET" -> new NotYet();
              default -> new Behind(Stage.valueOf(expected), Duration.ZERO);
            });
  }

  @Test
  void theFirstTimeNothingWaitsAndThenTheWaitDoublesUpToItsBound() {
    assertThat(IntStream.range(0, 8).mapToObj(SETTLING::after).map(Duration::toSeconds))
        .containsExactly(0L, 15L, 30L, 60L, 120L, 240L, 300L, 300L);
    assertThat(SETTLING.after(Integer.MAX_VALUE)).hasMinutes(5);
  }

  @Test
  void onlyTheTranscriptWaitsForChangesToSettle() {
    assertThat(Convergence.decide(facts(3, 2, 2, 4), SETTLING))
        .isEqualTo(new Behind(Stage.AGGREGATE, Duration.ofSeconds(120)));
    assertThat(Convergence.decide(facts(3, 3, 2, 4), SETTLING))
        .isEqualTo(new Behind(Stage.SUMMARIZE, Duration.ZERO));
  }

  @Test
  void outcomesAreStoredInLowerCase() {
    assertThat(Outcome.values())
        .extracting(Outcome::code)
        .containsExactly("ok", "no_speech", "partial", "failed", "empty");
  }

  private static ConversationFacts facts(
      long generation, long transcript, long summary, int settledCount) {
    return new ConversationFacts(true, false, false, generation, transcript, summary, settledCount);
  }
}
