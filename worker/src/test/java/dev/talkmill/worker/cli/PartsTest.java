package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartsTest {

  @TempDir Path directory;

  private static UploadView.Part part(int number, long first, long bytes) {
    return new UploadView.Part(number, URI.create("http://localhost/"), first, bytes);
  }

  @Test
  void partsMustBeTheWholeFileOnce() {
    assertThat(new UploadView("u", List.of(part(1, 0, 5), part(2, 5, 3))).covers(8)).isTrue();
    assertThat(new UploadView("u", List.of(part(1, 0, 5), part(2, 5, 3))).covers(9)).isFalse();
    assertThat(new UploadView("u", List.of(part(1, 0, 5), part(2, 6, 3))).covers(9)).isFalse();
    assertThat(new UploadView("u", List.of(part(1, 0, 5), part(2, 4, 4))).covers(8)).isFalse();
    assertThat(new UploadView("u", List.of(part(1, 0, 8), part(2, 8, 0))).covers(8)).isFalse();
    assertThat(new UploadView("u", List.of()).covers(8)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0.9, 0:00", "61, 1:01", "3599.99, 59:59", "3600, 1:00:00", "-1, 0:00"})
  void timesAreShownAsOnAClock(double seconds, String shown) {
    assertThat(Times.clock(seconds)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"70, 0.07 s", "9000, 9.0 s", "119900, 119.9 s", "120000, 2:00"})
  void durationsAreShownAsPreciselyAsTheyMatter(long millis, String shown) {
    assertThat(Times.seconds(Duration.ofMillis(millis))).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"999, 999 B", "1500, 1.5 kB", "40200000, 40.2 MB"})
  void sizesAreShownInDecimalUnits(long bytes, String shown) {
    assertThat(Times.bytes(bytes)).isEqualTo(shown);
  }

  @Test
  void aDelayIsBoundedAndWaitsForWhatWasAsked() {
    for (int tries = 1; tries < DoorHttp.TRIES_MAX; tries++) {
      assertThat(DoorHttp.delay(tries, Optional.empty()))
          .isBetween(Duration.ZERO, Duration.ofSeconds(10));
      assertThat(DoorHttp.delay(tries, Optional.of(Duration.ofSeconds(30))))
          .isBetween(Duration.ofSeconds(30), Duration.ofSeconds(40));
    }
  }

  @Test
  void aTerminalIsOneOnlyIfTheLauncherSaysSo() {
    PrintStream none = new PrintStream(OutputStream.nullOutputStream());
    Properties properties = new Properties();
    assertThat(Terminal.of(none, none, properties, Map.of()))
        .isEqualTo(new Terminal(none, none, false, false, true, 80));
    properties.setProperty("talkmill.cli.tty.out", "true");
    properties.setProperty("talkmill.cli.columns", "132");
    assertThat(Terminal.of(none, none, properties, Map.of("NO_COLOR", "1")))
        .isEqualTo(new Terminal(none, none, true, false, false, 132));
    properties.setProperty("talkmill.cli.columns", "0; rm");
    assertThat(Terminal.of(none, none, properties, Map.of("NO_COLOR", "")))
        .isEqualTo(new Terminal(none, none, true, false, true, 80));
  }

  @Test
  void removalDoesNotFollowLinksOutOfTheDirectory() throws IOException {
    Path kept = Files.writeString(directory.resolve("kept"), "x");
    TemporaryDirectory temporary = TemporaryDirectory.create(System.err);
    Files.createSymbolicLink(temporary.path().resolve("file"), kept);
    Files.createSymbolicLink(temporary.path().resolve("folder"), directory);
    Files.createSymbolicLink(temporary.path().resolve("dangling"), directory.resolve("none"));
    temporary.close();
    assertThat(temporary.path()).doesNotExist();
    assertThat(kept).hasContent("x");
  }

  @Test
  void aTemporaryDirectoryIsForItsOwnerOnly() throws IOException {
    try (TemporaryDirectory temporary = TemporaryDirectory.create(System.err)) {
      assertThat(Files.getPosixFilePermissions(temporary.path())).hasSize(3);
    }
  }

  @Test
  void aRangeIsSentWithoutItsSurroundings() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "0123456789");
    List<Long> seen = new CopyOnWriteArrayList<>();
    FileRange range = new FileRange(file, 2, 3, seen::add);
    try (var door = new FakeDoor();
        var client = new DoorClient(door.uri(), FakeDoor.KEY, new StopSignal())) {
      client.sendChunk("c", 0, "audio/wav", 3, range::body);
      assertThat(door.asked("/chunks"))
          .singleElement()
          .satisfies(chunk -> {
            assertThat(new String(chunk.body(), StandardCharsets.UTF_8)).isEqualTo("234");
            assertThat(chunk.headers()).containsEntry("Content-Length", "3");
          });
    }
    assertThat(seen).last().isEqualTo(3L);
  }

  @Test
  void aFileThatBecameShorterIsNotTakenForTheWholeOne() throws IOException {
    Path file = Files.writeString(directory.resolve("f"), "0123");
    var stop = new StopSignal();
    FileRange range =
        new FileRange(
            file,
            2,
            3,
            read -> {
              // Enough tries were seen; the rest of them would only take time.
              stop.ask();
            });
    try (var door = new FakeDoor();
        var client = new DoorClient(door.uri(), FakeDoor.KEY, stop)) {
      assertThatThrownBy(() -> client.sendChunk("c", 0, "audio/wav", 3, range::body))
          .isInstanceOf(StoppedException.class);
      assertThat(door.asked("/chunks")).isEmpty();
    }
  }

  @Test
  void aRecordingWithoutAnEndingIsSentAsUnknownBytes() throws IOException {
    Files.writeString(directory.resolve("talk"), "x");
    Recording recording = Recording.of(directory, "talk");
    assertThat(recording.mediaType()).isEqualTo("application/octet-stream");
    assertThat(recording.stem()).isEqualTo("talk");
  }

  @Test
  void textOfOthersCannotSteerTheTerminal() {
    assertThat(Plain.line(" a\u001b[2Jb\r\n\tc\u0007\u202ed\u009b1m\0 Zoë 👩‍🚀\n"))
        .isEqualTo("a[2Jb cd1m Zoë 👩‍🚀");
  }

  @Test
  void aPathThatCannotBeOneIsRefused() {
    assertThatThrownBy(() -> Recording.of(directory, "a\0b"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("is not a path");
  }

  @Test
  void progressByRowsCountsWhatIsPreparedStill() {
    StatusRow done = row("TRANSCRIBE", "COMPLETED", null);
    StatusRow half = row("TRANSCRIBE", "PROCESSING", 0.5);
    StatusRow preparing = row("PREPARE", "PROCESSING", null);
    assertThat(snapshot(0, 0, done, half).transcribed()).isEqualTo(0.75);
    assertThat(snapshot(0, 0, done, half, preparing).transcribed()).isEqualTo(0.5);
    assertThat(snapshot(100, 90, done, half).transcribed()).isEqualTo(0.9);
    assertThat(snapshot(100, 300).transcribed()).isEqualTo(1);
    assertThat(snapshot(0, 0).transcribed()).isZero();
  }

  private static StatusRow row(String stage, String state, Double progress) {
    return new StatusRow("1", stage, state, null, null, null, 1, null, progress, null);
  }

  private static Snapshot snapshot(double received, double transcribed, StatusRow... rows) {
    return new Snapshot(
        new ConversationView("c", null, null, null, null, true, received, transcribed, List.of()),
        List.of(rows));
  }
}
