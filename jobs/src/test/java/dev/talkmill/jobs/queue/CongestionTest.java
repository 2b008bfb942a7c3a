package dev.talkmill.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.postgres.Pools.Load;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CongestionTest {

  private static final int CONNECTIONS = 16;

  @Test
  void asManyRowsAreTakenOnAsThereAreConnectionsForThem() {
    assertThat(with(0, 0).room(0)).isEqualTo(CONNECTIONS);
    assertThat(with(10, 10).room(0)).isEqualTo(6);
    assertThat(with(10, 10).room(4)).isEqualTo(2);
    assertThat(with(40, 40).room(0)).isZero();
  }

  @Test
  void handlersThatAreBusyElsewhereKeepNobodyFromAFreeConnection() {
    assertThat(with(500, 1).room(0)).isEqualTo(15);
  }

  @Test
  void aFloodOfUploadsDoesNotStopTheWork() {
    assertThat(with(0, 200).room(0)).isEqualTo(CONNECTIONS);
  }

  @Test
  void aPassWaitsUntilItIsWorthItsWhile() {
    assertThat(with(13, 16).isOver()).isFalse();
    assertThat(with(12, 16).isOver()).isTrue();
  }

  @Test
  void aPoolThatCannotBeAskedBoundsNothing() {
    Congestion unknown = new Congestion(() -> 1_000, Optional::empty);
    assertThat(unknown.isOver()).isTrue();
    assertThat(unknown.room(1_000)).isEqualTo(Integer.MAX_VALUE);
  }

  private static Congestion with(int working, int wanted) {
    return new Congestion(() -> working, () -> Optional.of(new Load(CONNECTIONS, wanted)));
  }
}
