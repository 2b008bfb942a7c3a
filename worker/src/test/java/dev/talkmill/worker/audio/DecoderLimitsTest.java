package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class DecoderLimitsTest {

  private static final double BOMB_SECONDS = 6.5 * 3_600;

  @TempDir static Path scratch;

  @TempDir Path files;
  private Path bomb;
  private Path wav;

  @BeforeEach
  void sources() {
    bomb = AudioFiles.write(files, "upload", AudioFiles.bytes("bomb.flac"));
    wav = files.resolve("decoded.wav");
  }

  private FailureException refused(AudioSettings settings) {
    ChildDecoder decoder = new ChildDecoder(settings, scratch);
    FailureException thrown =
        catchThrowableOfType(FailureException.class, () -> decoder.decode(bomb, wav));
    assertThat(thrown).isNotNull();
    assertThat(wav).doesNotExist();
    assertNothingIsLeft();
    return thrown;
  }

  private static void assertNothingIsLeft() {
    assertThat(children()).isEmpty();
    try (var left = Files.list(scratch)) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("call-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(child -> child.info().commandLine().orElse("").contains("DecoderMain"))
        .toList();
  }

  @Test
  void aBombIsRefusedAndNeverAShortRecording() {
    FailureException thrown =
        refused(AudioFiles.settings(Duration.ofHours(6), Duration.ofSeconds(60)));
    assertThat(thrown.failure().code()).isEqualTo(FailureCode.TOO_LONG);
    assertThat(thrown.failure().message()).contains("21600 s");
  }

  @Test
  void hoursOfSoundNeedNoHeap() {
    DecodedAudio audio = new ChildDecoder(AudioFiles.SETTINGS, scratch).decode(bomb, wav);
    assertThat(audio.seconds()).isCloseTo(BOMB_SECONDS, within(0.1));
    assertThat(audio.silences()).containsExactly(new Range(0, audio.seconds()));
    assertThat(WavFiles.seconds(wav)).isEqualTo(audio.seconds());
  }

  @Test
  void joiningIsHeldToTheSameLength() {
    ChildDecoder decoder =
        new ChildDecoder(
            AudioFiles.settings(Duration.ofSeconds(3), Duration.ofSeconds(60)), scratch);
    Path source = AudioFiles.write(files, "opus", AudioFiles.bytes("opus.ogg"));
    FailureException thrown =
        catchThrowableOfType(
            FailureException.class,
            () -> decoder.join(List.of(source, source), files.resolve("joined.ogg")));
    assertThat(thrown.failure().code()).isEqualTo(FailureCode.TOO_LONG);
    assertThat(files.resolve("joined.ogg")).doesNotExist();
    assertNothingIsLeft();
  }

  @Test
  void aDecoderThatTakesTooLongIsKilled() {
    FailureException thrown =
        refused(AudioFiles.settings(Duration.ofHours(26), Duration.ofMillis(1)));
    assertThat(thrown.failure().code()).isEqualTo(FailureCode.DECODER_TIMEOUT);
  }

  @Test
  void aDecoderThatIsKilledCountsAsCrashed() throws Exception {
    assertThat(codeWhenKilledBy("KILL")).isEqualTo(FailureCode.DECODER_CRASHED);
    assertThat(codeWhenKilledBy("SEGV")).isEqualTo(FailureCode.DECODER_CRASHED);
  }

  private FailureCode codeWhenKilledBy(String signal) throws Exception {
    CompletableFuture<FailureException> thrown =
        CompletableFuture.supplyAsync(() -> refused(AudioFiles.SETTINGS));
    ProcessHandle child = awaitWorkingChild();
    new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();
    return thrown.get(2, TimeUnit.MINUTES).failure().code();
  }

  /** The child is well into its work when its output has grown. */
  private static ProcessHandle awaitWorkingChild() throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (System.nanoTime() < deadline) {
      List<ProcessHandle> children = children();
      if (!children.isEmpty() && outputBytes() > 1 << 20) {
        return children.getFirst();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no child at work within 2 min");
  }

  private static long outputBytes() throws IOException {
    long bytes = 0;
    try (var calls = Files.newDirectoryStream(scratch, "call-*")) {
      for (Path call : calls) {
        Path output = call.resolve("output");
        bytes += Files.exists(output) ? Files.size(output) : 0;
      }
    } catch (NoSuchFileException | DirectoryIteratorException e) {
      return 0;
    }
    return bytes;
  }

  @Test
  void anInterruptedCallLeavesNoProcess() throws Exception {
    CompletableFuture<FailureException> thrown = new CompletableFuture<>();
    Thread caller = Thread.ofPlatform().start(() -> thrown.complete(refused(AudioFiles.SETTINGS)));
    awaitWorkingChild();
    caller.interrupt();
    assertThat(thrown.get(2, TimeUnit.MINUTES).failure().code())
        .isEqualTo(FailureCode.INTERNAL_ERROR);
  }

  @Test
  void aChildEndsWithItsParent() throws Exception {
    Path directory = Files.createDirectory(files.resolve("call"));
    Files.writeString(directory.resolve("sources"), "flac\0" + bomb + "\0");
    List<String> line = new ChildCommand(scratch, AudioFiles.SETTINGS).line("decode", directory);
    Process child = new ProcessBuilder(line).directory(directory.toFile()).start();
    // A parent that dies lets go of its end of the pipe.
    child.getOutputStream().close();
    assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(child.exitValue()).isEqualTo(1);
  }

  @Test
  void aChildHasASmallHeapAndAFewArchives() throws IOException {
    String line =
        String.join(" ", new ChildCommand(scratch, AudioFiles.SETTINGS).line("decode", files));
    assertThat(line).contains("-Xmx48m").contains("-XX:+UseSerialGC");
    String classPath = ChildClassPath.of(scratch);
    assertThat(classPath.split(File.pathSeparator)).hasSize(5);
    assertThat(classPath).doesNotContain("spring");
  }

  @Test
  void aLinkIsNotTakenForTheOutput() throws IOException {
    try (CallDirectory call = CallDirectory.create(files)) {
      Files.createSymbolicLink(call.path().resolve("output"), bomb);
      assertThatThrownBy(() -> ChildDecoder.deliver(call, wav))
          .hasMessageStartingWith("decoder_crashed");
    }
    assertThat(wav).doesNotExist();
    assertThat(bomb).exists();
  }

  @Test
  void onlyWhatDeadProcessesLeftIsRemoved() throws IOException {
    Path dead =
        Files.createDirectory(
            files.resolve("call-" + Integer.MAX_VALUE + "-1-00000000-0000-0000-0000-000000000000"));
    AudioFiles.write(dead, "output", new byte[10]);
    Path reborn =
        Files.createDirectory(
            files.resolve(
                "call-"
                    + ProcessHandle.current().pid()
                    + "-1-00000000-0000-0000-0000-000000000000"));
    Path other = Files.createDirectory(files.resolve("call-of-somebody"));
    try (CallDirectory living = CallDirectory.create(files)) {
      CallDirectory.removeAbandoned(files);
      assertThat(dead).doesNotExist();
      assertThat(reborn).doesNotExist();
      assertThat(other).exists();
      assertThat(living.path()).exists();
    }
  }
}
