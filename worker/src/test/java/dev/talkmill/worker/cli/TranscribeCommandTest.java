package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranscribeCommandTest {

  private static final String SMALL_CHUNKS = "--talkmill.intake.chunk-bytes-max=1KB";

  @TempDir Path directory;
  private CliHarness cli;

  @BeforeEach
  void open() throws IOException {
    cli = new CliHarness(directory);
    cli.door.tell("*", Looks.waiting(), Looks.done());
    Files.write(directory.resolve("talk.mp3"), bytes(700));
  }

  @AfterEach
  void close() {
    cli.close();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @CsvSource({"txt", "srt", "vtt", "SRT"})
  void onlyTheTranscriptGoesToStandardOutput(String format) {
    assertThat(cli.run("transcribe", "talk.mp3", "--format", format)).isZero();
    assertThat(cli.out()).isEqualTo(format.toLowerCase() + " of talk: Hello Zoë.\n");
  }

  @Test
  void jsonIsAsTheDoorWritesIt() {
    assertThat(cli.run("transcribe", "--format=json", "talk.mp3")).isZero();
    assertThat(cli.out()).startsWith("{\"conversation_id\":\"c1\"").endsWith("}]}\n".substring(2));
  }

  @Test
  void aSmallFileIsSentAsOneChunk() {
    cli.run("transcribe", "talk.mp3");
    assertThat(cli.door.asked("/chunks"))
        .singleElement()
        .satisfies(chunk -> {
          assertThat(chunk.body()).isEqualTo(bytes(700));
          assertThat(chunk.headers())
              .containsEntry("Content-Type", "audio/mpeg")
              .containsEntry("Content-Length", "700")
              .containsKey("Idempotency-Key");
        });
    assertThat(cli.door.asked("/uploads")).isEmpty();
  }

  @Test
  void aLargeFileIsPutInPartsAndConfirmed() throws IOException {
    Files.write(directory.resolve("long.wav"), bytes(2_500));
    assertThat(cli.run("transcribe", SMALL_CHUNKS, "long.wav")).isZero();
    assertThat(cli.door.completed.get("u2")).isEqualTo(bytes(2_500));
    assertThat(cli.door.asked("/chunks")).isEmpty();
    List<FakeDoor.Asked> puts =
        cli.door.asked.stream().filter(one -> one.method().equals("PUT")).toList();
    assertThat(puts)
        .extracting(put -> put.headers().get("Content-Length"))
        .containsExactly("1000", "1000", "500");
    // A presigned address is all the right that a part needs; the key stays at the door.
    assertThat(puts).noneMatch(put -> put.headers().containsKey("Authorization"));
  }

  @Test
  void aFileThatTheDoorFindsTooLargeForAChunkGoesAsAnUpload() {
    cli.door.refuse("/chunks", 413, "body_too_large", 1);
    assertThat(cli.run("transcribe", "talk.mp3")).isZero();
    assertThat(cli.door.completed.get("u2")).isEqualTo(bytes(700));
  }

  @ParameterizedTest
  @CsvSource({"503", "429", "0"})
  void aTryThatFailedIsRepeatedWithTheSameKey(int status) {
    cli.door.refuse("/chunks", status, "later", 2);
    assertThat(cli.run("transcribe", "talk.mp3")).isZero();
    List<FakeDoor.Asked> tries = cli.door.asked("/chunks");
    assertThat(tries).hasSizeGreaterThanOrEqualTo(3);
    assertThat(tries)
        .extracting(one -> one.headers().get("Idempotency-Key"))
        .containsOnly(tries.getFirst().headers().get("Idempotency-Key"));
    assertThat(tries).allSatisfy(one -> assertThat(one.body()).isEqualTo(bytes(700)));
  }

  @Test
  void aPartThatFailedIsPutAgainWhole() throws IOException {
    Files.write(directory.resolve("long.wav"), bytes(2_500));
    cli.door.refuse("/store/u2/2", 503, "slow_down", 1);
    assertThat(cli.run("transcribe", SMALL_CHUNKS, "long.wav")).isZero();
    assertThat(cli.door.completed.get("u2")).isEqualTo(bytes(2_500));
  }

  @Test
  void aRefusalIsNotRepeatedAndDoesNotEndTheOtherRecordings() throws IOException {
    Files.write(directory.resolve("other.mp3"), bytes(100));
    cli.door.refuse("/chunks", 400, "bad_header", 1);
    assertThat(cli.run("transcribe", "talk.mp3", "other.mp3")).isEqualTo(1);
    assertThat(cli.err())
        .contains("talk.mp3: the worker refused it: It was refused. (bad_header, HTTP 400)");
    assertThat(cli.out()).isEqualTo("==> other.mp3 <==\ntxt of other: Hello Zoë.\n");
    assertThat(cli.door.asked("/chunks")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none.mp3|none.mp3 does not exist. Check the name.",
        "folder|folder is a directory. Name the recordings in it, for example folder/*.mp3",
        "empty.mp3|empty.mp3 is empty (0 bytes), so there is nothing to transcribe. Was it fully"
            + " saved?"
      })
  void aFileThatCannotBeSentIsRefusedBeforeAnythingStarts(String name, String message)
      throws IOException {
    Files.createDirectory(directory.resolve("folder"));
    Files.createFile(directory.resolve("empty.mp3"));
    assertThat(cli.run("transcribe", "talk.mp3", name)).isEqualTo(2);
    assertThat(cli.err()).isEqualTo("talkmill: " + message + "\n");
    assertThat(cli.started).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--format=str|There is no format \"str\". Did you mean srt?"
            + " Take one of txt, srt, vtt, json.",
        "--format=|There is no format \"\". Take one of txt, srt, vtt, json.",
        "--fromat=srt|The option --fromat is not known. Did you mean --format? A file whose name"
            + " starts with a dash goes after --.",
        "--format|--format needs a value: --format VALUE"
      })
  void aWrongOptionIsRefusedWithWhatWasMeant(String option, String message) {
    assertThat(cli.run("transcribe", "talk.mp3", option)).isEqualTo(2);
    assertThat(cli.err()).isEqualTo("talkmill: " + message + "\n");
  }

  @Test
  void withoutAFileItIsWrongUsage() {
    assertThat(cli.run("transcribe")).isEqualTo(2);
    assertThat(cli.err()).contains("Name a recording");
  }

  @Test
  void severalRecordingsFollowOneAnotherInTheOrderTheyWereNamed() throws IOException {
    Files.write(directory.resolve("- a b.ogg"), bytes(100));
    assertThat(cli.run("transcribe", "--", "talk.mp3", "- a b.ogg")).isZero();
    assertThat(cli.out())
        .isEqualTo(
            "==> talk.mp3 <==\ntxt of talk: Hello Zoë.\n"
                + "==> - a b.ogg <==\ntxt of - a b: Hello Zoë.\n");
  }

  @Test
  void subtitlesOfSeveralRecordingsNeedFiles() throws IOException {
    Files.write(directory.resolve("b.ogg"), bytes(100));
    assertThat(cli.run("transcribe", "--format=srt", "talk.mp3", "b.ogg")).isEqualTo(2);
    assertThat(cli.started).isEmpty();
    assertThat(cli.run("transcribe", "--format=srt", "--output-dir=out/x", "talk.mp3", "b.ogg"))
        .isZero();
    assertThat(directory.resolve("out/x/talk.srt")).hasContent("srt of talk: Hello Zoë.");
    assertThat(directory.resolve("out/x/b.srt")).hasContent("srt of b: Hello Zoë.");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void recordingsThatWouldOverwriteEachOtherAreRefused() throws IOException {
    Files.write(directory.resolve("TALK.ogg"), bytes(100));
    assertThat(cli.run("transcribe", "--output-dir=out", "talk.mp3", "TALK.ogg")).isEqualTo(2);
    assertThat(cli.err()).contains("Two recordings would both be written to TALK.txt.");
  }

  @Test
  void aRecordingThatFailedIsExplainedAndTheOthersArePrinted() throws IOException {
    Files.write(directory.resolve("list.wav"), bytes(100));
    cli.door.tell("list", Looks.preparing(), Looks.failed());
    assertThat(cli.run("transcribe", "list.wav", "talk.mp3")).isEqualTo(1);
    assertThat(cli.err())
        .contains(
            """
            list.wav: it could not be transcribed.
              What happened: prepare failed: this is a playlist (unsupported_format)
              What it means: the file itself cannot be used; trying again would end the same.
              What to do: Send webm, ogg, mp3, m4a, mp4, wav or flac; the content counts, not\
             the name. Convert the recording, for example: ffmpeg -i IN -ac 1 -ar 16000 OUT.flac
            """);
    assertThat(cli.err())
        .contains("list.wav: not transcribed, 0 %")
        .doesNotContain("list.wav: done", "Missing");
    assertThat(cli.out()).isEqualTo("==> talk.mp3 <==\ntxt of talk: Hello Zoë.\n");
  }

  @Test
  void aTranscriptWithGapsIsPrintedAndFailsTheCommand() {
    cli.door.tell("talk", Looks.partial());
    assertThat(cli.run("transcribe", "talk.mp3")).isEqualTo(1);
    assertThat(cli.out()).isEqualTo("txt of talk: Hello Zoë.\n");
    assertThat(cli.err())
        .contains("talk.mp3: only a part of it could be transcribed.", "  Missing: 1:00 to 1:40");
  }

  @Test
  void silenceIsAVerdictAndNoFailure() {
    cli.door.tell("talk", Looks.noSpeech());
    assertThat(cli.run("transcribe", "talk.mp3")).isZero();
    assertThat(cli.err()).contains("talk.mp3: no speech was heard in it");
  }

  @Test
  void withoutATerminalProgressIsALineForEachTenth() {
    cli.door.tell(
        "talk",
        Looks.preparing(),
        Looks.transcribing(12),
        Looks.transcribing(14),
        Looks.transcribing(55),
        Looks.done());
    cli.run("transcribe", "talk.mp3");
    assertThat(cli.err().lines())
        .containsExactly(
            "Starting a worker ...",
            "talk.mp3: sending, 100 % (700 B of 700 B)",
            "talk.mp3: preparing, 0 %",
            "talk.mp3: transcribing, 12 % (0:12 of 1:40)",
            "talk.mp3: transcribing, 55 % (0:55 of 1:40, about 0:05 left)",
            "talk.mp3: done, 100 % (1:40 of sound)",
            "Summary of talk.mp3: Two friends meet on Sunday.");
  }

  @Test
  void onATerminalABarIsDrawnOver() {
    cli.live = true;
    cli.door.tell("talk", Looks.transcribing(25), Looks.transcribing(50), Looks.done());
    cli.run("transcribe", "talk.mp3");
    assertThat(cli.err())
        .contains("talk.mp3 [####............] 25 % transcribing (0:25 of 1:40)")
        .contains("\u001b[1A\r\u001b[Jtalk.mp3 [########........] 50 %")
        .contains("[################] 100 % done");
    assertThat(cli.out()).doesNotContain("\u001b");
  }

  @Test
  void aBarIsNeverWiderThanItsTerminal() throws IOException {
    cli.live = true;
    String name = "x".repeat(100) + " talk.mp3";
    Files.write(directory.resolve(name), bytes(10));
    cli.door.tell("*", Looks.transcribing(25), Looks.transcribing(50), Looks.done());
    cli.run("transcribe", name);
    assertThat(cli.err().replaceAll("\u001b\\[[0-9]*[A-Z]", "").split("[\r\n]+"))
        .filteredOn(line -> !line.startsWith("Summary of")) // A terminal breaks it by itself.
        .hasSizeGreaterThan(3)
        .allSatisfy(line -> assertThat(line.length()).isLessThan(80))
        .anySatisfy(line -> assertThat(line).contains("x talk.mp3 [########........] 50 %"));
  }

  @Test
  void aStopLeavesNothingBehind() throws Exception {
    cli.door.tell("talk", Looks.waiting());
    CompletableFuture<Integer> exit =
        CompletableFuture.supplyAsync(() -> cli.run("transcribe", "talk.mp3"));
    assertThat(cli.running.await(2, TimeUnit.MINUTES)).isTrue();
    cli.stop.ask();
    assertThat(exit.get(2, TimeUnit.MINUTES)).isEqualTo(130);
    assertThat(cli.closed).containsExactly("in peace");
    assertThat(cli.dataDirectory().getParent()).doesNotExist();
    assertThat(cli.err()).endsWith("talkmill: stopped.\n");
  }

  @Test
  void theTranscriptOfATextIsAskedForLikeAnyOther() throws IOException {
    Files.writeString(directory.resolve("note.txt"), "words ".repeat(1_000));
    assertThat(cli.run("transcribe", SMALL_CHUNKS, "note.txt")).isZero();
    assertThat(cli.door.asked("/chunks"))
        .singleElement()
        .satisfies(chunk ->
            assertThat(chunk.headers()).containsEntry("Content-Type", "text/plain; charset=utf-8"));
  }

  @Test
  void theSummaryIsSaidBesideTheTranscript() {
    cli.run("transcribe", "talk.mp3");
    assertThat(cli.err()).contains("Summary of talk.mp3: Two friends meet on Sunday.");
  }

  @ParameterizedTest
  @CsvSource({"de, true", "en, false", "en-GB, false"})
  void aLanguageThatTheOfflineRecogniserDoesNotKnowIsSaid(String language, boolean said) {
    cli.run("transcribe", "talk.mp3", "--language", language);
    assertThat(cli.err().contains("The offline recogniser knows English only")).isEqualTo(said);
  }
}
