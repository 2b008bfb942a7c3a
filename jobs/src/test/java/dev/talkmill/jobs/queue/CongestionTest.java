package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.testing.TestDatabase;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CongestionTest {

  @Test
  void handlersThatWaitForAProviderTakeNoRoom() {
    assertThat(with(2_000, 3).room(0)).isEqualTo(13);
    assertThat(with(2_000, 3).isOver()).isTrue();
  }

  @Test
  void whileConnectionsAreWaitedForAJourneyIsAtWorkForEach() {
    assertThat(with(10, 40).room(0)).isEqualTo(6);
    assertThat(with(16, 40).room(0)).isZero();
    assertThat(with(40, 40).room(0)).isZero();
  }

  @Test
  void whatHasBeenDispatchedTakesItsRoomBeforeItIsClaimed() {
    assertThat(with(0, 0).room(10)).isEqualTo(6);
    assertThat(with(0, 0).room(20)).isZero();
  }

  @Test
  void aLookIsWorthItOnceAQuarterIsFree() {
    assertThat(with(13, 30).isOver()).isFalse();
    assertThat(with(12, 30).isOver()).isTrue();
  }

  @Test
  void aPoolOfAnotherKindIsNeverCongested() {
    assertThat(Congestion.none().room(1_000_000)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Congestion.none().isOver()).isTrue();
  }

  @Test
  void thePoolSaysHowManyWantItsConnections() {
    try (TestDatabase database = TestDatabase.fresh()) {
      var dataSource = database.database().dataSource();
      assertThat(Pools.load(dataSource)).contains(new Pools.Load(16, 0));
      int held = database.database().inSystem(() -> Pools.load(dataSource).orElseThrow().wanted());
      assertThat(held).isEqualTo(1);
    }
  }

  private static Congestion with(int running, int wanted) {
    return new Congestion(() -> running, () -> Optional.of(new Pools.Load(16, wanted)));
  }
}
