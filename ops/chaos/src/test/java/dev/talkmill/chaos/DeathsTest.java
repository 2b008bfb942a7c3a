package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.chaos.agent.CrashPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeathsTest {

  private static final List<CrashPoint> ALL = List.of(CrashPoint.values());

  private static List<Deaths.Next> all(Deaths deaths) {
    List<Deaths.Next> all = new ArrayList<>();
    for (Optional<Deaths.Next> next = deaths.next(); next.isPresent(); next = deaths.next()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void everyPointIsDeadlyAsOftenAsWantedAndTheRestAreKills() {
    List<Deaths.Next> all = all(new Deaths(ALL, 2, 40, new Random(1)));
    assertThat(all).hasSize(40);
    for (CrashPoint point : CrashPoint.values()) {
      assertThat(all)
          .filteredOn(next -> next.death().filter(death -> death.point() == point).isPresent())
          .hasSize(2);
    }
  }

  @Test
  void oneSeedIsOneOrder() {
    assertThat(all(new Deaths(ALL, 1, 20, new Random(7))))
        .isEqualTo(all(new Deaths(ALL, 1, 20, new Random(7))))
        .isNotEqualTo(all(new Deaths(ALL, 1, 20, new Random(8))));
  }

  @Test
  void aPointThatWasNotReachedComesAgainAndNotForEver() {
    Deaths deaths = new Deaths(ALL, 0, 0, new Random(1));
    for (int i = 0; i < 100; i++) {
      deaths.notReached(CrashPoint.K14);
    }
    assertThat(all(deaths)).hasSizeBetween(1, 10);
  }
}
