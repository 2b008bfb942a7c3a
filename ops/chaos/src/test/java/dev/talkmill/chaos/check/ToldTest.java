package dev.talkmill.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.chaos.agent.CrashPoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToldTest {

  private static final UUID KEPT = new UUID(1, 1);
  private static final UUID ERASED = new UUID(1, 2);
  private static final Entry.Chunk CHUNK =
      new Entry.Chunk(10, KEPT, new UUID(2, 1), 7, ChunkKind.SPEECH, "abc");

  private static final List<Entry> ALL =
      List.of(
          CHUNK,
          new Entry.Chunk(11, ERASED, new UUID(2, 2), 8, ChunkKind.SHORT, "def"),
          new Entry.Finished(20, KEPT),
          new Entry.Erasing(21, ERASED),
          new Entry.Erased(22, ERASED),
          new Entry.Settled(23, KEPT, Set.of(7)),
          new Entry.Settled(24, KEPT, Set.of()),
          new Entry.HerdFinished(25, new UUID(1, 3)),
          new Entry.Refused(26, "POST /v1: 404"),
          new Entry.Bill(27, "E", 10, 9, 8),
          new Entry.Recovered(28, FaultKind.HERD, 1_500),
          new Entry.Fault(30, FaultKind.KILL, "K7"));

  @TempDir Path directory;

  private Told read(String text) throws Exception {
    return Told.read(Files.writeString(directory.resolve("log"), text));
  }

  private static String lines(List<? extends Entry> entries) {
    return entries.stream().map(entry -> entry.line() + "\n").collect(Collectors.joining());
  }

  @Test
  void whatWasWrittenIsRead() {
    assertThat(ALL).allSatisfy(entry -> assertThat(Entry.parse(entry.line())).isEqualTo(entry));
  }

  @Test
  void onlyWhatWasNotErasedMustBeKept() throws Exception {
    Told told = read(lines(ALL));
    assertThat(told.kept()).containsExactly(CHUNK);
    assertThat(told.erased()).containsExactly(ERASED);
    assertThat(told.count(FaultKind.KILL, "K7")).isEqualTo(1);
    assertThat(told.lastFaultMillis()).isEqualTo(30);
    assertThat(told.answered() - told.needed()).isEqualTo(1);
    assertThat(told.recoverySeconds(FaultKind.HERD)).isEqualTo(1.5);
    assertThat(told.recoverySeconds(FaultKind.POSTGRES_STOP)).isZero();
  }

  @Test
  void nobodyReliesOnALineWithoutItsEnd() throws Exception {
    assertThat(read(lines(List.of(CHUNK)) + "11\tchu").chunks()).hasSize(1);
  }

  @Test
  void aRunWithoutFaultsOrProgressHasShownNothing() throws Exception {
    Expected expected = new Expected(1, 1, 1, 1, 1, 1);
    assertThat(Expected.parse(expected.word())).isEqualTo(expected);
    assertThat(expected.missed(read(""), 0)).hasSize(5 + CrashPoint.values().length);
    assertThat(expected.missed(read(lines(ALL)), 1))
        .hasSize(2 + CrashPoint.values().length - 1)
        .noneMatch(sentence -> sentence.contains("K7:"));
  }

  @Test
  void anOutageIsNotCountedAsTimeToConverge() throws Exception {
    List<Entry> outage =
        List.of(
            new Entry.Finished(1_000, KEPT),
            new Entry.Fault(2_000, FaultKind.KILL, "-9"),
            new Entry.Fault(5_000, FaultKind.POSTGRES_STOP, "FAST"),
            new Entry.Fault(9_000, FaultKind.POSTGRES_STOP, "FAST"));
    Convergence convergence = Convergence.of(read(lines(outage)), Map.of(KEPT, 7_500L));
    assertThat(convergence.p99()).isEqualTo(2.5);
    assertThat(convergence.p99WithOutages()).isEqualTo(6.5);
  }

  @Test
  void convergenceIsMeasuredFromTheAnswerAndFromTheLastFault() throws Exception {
    Convergence convergence = Convergence.of(read(lines(ALL)), Map.of(KEPT, 4_030L));
    assertThat(convergence.worst()).isEqualTo(4.01);
    assertThat(convergence.p99()).isEqualTo(4.01);
    assertThat(convergence.slowest()).isEqualTo(KEPT);
    assertThat(convergence.afterLastFault()).isEqualTo(4.0);
  }
}
