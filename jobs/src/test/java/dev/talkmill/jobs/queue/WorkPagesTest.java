package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jobrunr.storage.navigation.AmountRequest;
import org.junit.jupiter.api.Test;

class WorkPagesTest {

  private static final AmountRequest FOUR = new AmountRequest("updatedAt:ASC", 4);

  private final AtomicLong nanos = new AtomicLong();
  private final WorkPages pages = new WorkPages(4, nanos::get);

  @Test
  void whoWasGivenAllThatWasAskedForAsksAgain() {
    pages.answered(FOUR, 4);
    assertThat(pages.mayHaveMore()).isTrue();
  }

  @Test
  void whatWasNotThereIsNotAskedForAgainForAMoment() {
    pages.answered(FOUR, 3);
    assertThat(pages.mayHaveMore()).isFalse();
    nanos.addAndGet(Duration.ofMillis(20).toNanos());
    assertThat(pages.mayHaveMore()).isTrue();
  }

  @Test
  void aNudgeIsAQuestionInAnyCase() {
    pages.answered(FOUR, 0);
    pages.want();
    assertThat(pages.mayHaveMore()).isTrue();
  }
}
