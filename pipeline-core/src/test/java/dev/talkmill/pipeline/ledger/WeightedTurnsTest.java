package dev.talkmill.pipeline.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WeightedTurnsTest {

  private record Row(Priority priority, int number) {}

  @Test
  void ranksAreTheStoredNumbersAndLeadBack() {
    assertThat(Stream.of(Priority.values()).map(Priority::rank)).containsExactly(0, 1, 2, 3, 4);
    for (Priority priority : Priority.values()) {
      assertThat(Priority.ofRank(priority.rank())).isEqualTo(priority);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Priority.ofRank(5));
    assertThatIllegalArgumentException().isThrownBy(() -> Priority.ofRank(-1));
  }

  @Test
  void placesAreSharedByWeight() {
    WeightedTurns turns = new WeightedTurns();
    Map<Priority, Integer> got = new EnumMap<>(Priority.class);
    for (Row row : turns.pick(backlog(2_000), 1_600, 1_600)) {
      got.merge(row.priority(), 1, Integer::sum);
    }
    assertThat(got.values()).containsExactly(800, 400, 200, 100, 100);
  }

  @Test
  void noClassStarvesWithOnePlaceAtATime() {
    WeightedTurns turns = new WeightedTurns();
    List<Priority> sixteen = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      sixteen.add(turns.pick(backlog(1), 1, 1).getFirst().priority());
    }
    assertThat(sixteen).contains(Priority.values());
    assertThat(sixteen.stream().filter(Priority.LIVE::equals)).hasSize(8);
  }

  @Test
  void theOrderInsideAClassIsKept() {
    List<Row> picked = new WeightedTurns().pick(backlog(40), 100, 100);
    for (Priority priority : Priority.values()) {
      assertThat(picked.stream().filter(row -> row.priority() == priority).map(Row::number))
          .isSorted();
    }
    assertThat(picked).doesNotHaveDuplicates().hasSize(100);
  }

  @Test
  void whatAClassDoesNotUseGoesToTheOthers() {
    Map<Priority, List<Row>> waiting = new EnumMap<>(Priority.class);
    waiting.put(Priority.LIVE, List.of(new Row(Priority.LIVE, 0)));
    waiting.put(Priority.UPLOAD, List.of());
    waiting.put(Priority.REPORT, rows(Priority.REPORT, 9));
    assertThat(new WeightedTurns().pick(waiting, 6, 6))
        .hasSize(6)
        .filteredOn(row -> row.priority() == Priority.REPORT)
        .hasSize(5);
  }

  @Test
  void aClassThatWasAwayComesBackWithItsShareAndNotMore() {
    WeightedTurns turns = new WeightedTurns();
    Map<Priority, List<Row>> alone = Map.of(Priority.REPORT, rows(Priority.REPORT, 1_000));
    assertThat(turns.pick(alone, 1_000, 1_000)).hasSize(1_000);
    List<Row> both = turns.pick(backlog(1_000), 160, 160);
    assertThat(both.stream().filter(row -> row.priority() == Priority.REPORT)).hasSize(10);
  }

  @Test
  void nothingIsPickedWhereNothingWaitsOrNoPlaceIsFree() {
    assertThat(new WeightedTurns().pick(Map.<Priority, List<Row>>of(), 5, 5)).isEmpty();
    assertThat(new WeightedTurns().pick(backlog(3), 0, 0)).isEmpty();
    assertThat(new WeightedTurns().pick(backlog(3), -1, 1)).isEmpty();
  }

  @Test
  void ofClassesThatMayHaveFewerPlacesNoneIsLeftOutAndNoPlaceStaysEmpty() {
    WeightedTurns turns = new WeightedTurns();
    Map<Priority, List<Row>> patient = backlog(2);
    patient.remove(Priority.LIVE);
    patient.remove(Priority.UPLOAD);
    Map<Priority, Integer> got = new EnumMap<>(Priority.class);
    for (int i = 0; i < 100; i++) {
      List<Row> picked = turns.pick(patient, 4, 2);
      assertThat(picked).hasSize(2);
      picked.forEach(row -> got.merge(row.priority(), 1, Integer::sum));
    }
    assertThat(got.values()).containsExactly(100, 50, 50);

    Map<Priority, List<Row>> both = backlog(2);
    both.put(Priority.LIVE, rows(Priority.LIVE, 8));
    assertThat(new WeightedTurns().pick(both, 10, 2))
        .hasSize(10)
        .filteredOn(row -> !row.priority().isUrgent())
        .hasSizeLessThanOrEqualTo(2);
  }

  private static Map<Priority, List<Row>> backlog(int each) {
    Map<Priority, List<Row>> waiting = new EnumMap<>(Priority.class);
    for (Priority priority : Priority.values()) {
      waiting.put(priority, rows(priority, each));
    }
    return waiting;
  }

  private static List<Row> rows(Priority priority, int count) {
    return IntStream.range(0, count).mapToObj(number -> new Row(priority, number)).toList();
  }
}
