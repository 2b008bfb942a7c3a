package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadInputTest {

  private static final String CANARY = "canary-of-another-file";

  @TempDir static Path scratch;

  private static ChildDecoder decoder;

  @TempDir Path files;

  @BeforeAll
  static void start() {
    decoder = new ChildDecoder(AudioFiles.SETTINGS, scratch);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] cut(String name, int from, int to) {
    return Arrays.copyOfRange(AudioFiles.bytes(name), from, to);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  private static byte[] headThenGarbage(String name, int head) {
    byte[] bytes = random(9_000);
    System.arraycopy(AudioFiles.bytes(name), 0, bytes, 0, head);
    return bytes;
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        Arguments.of("no byte", new byte[0], FailureCode.NOT_DECODABLE),
        Arguments.of("one byte", new byte[1], FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("random bytes", random(50_000), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("zeros", new byte[50_000], FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("text", text("Grüße, dear neighbours.\n"), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of(
            "a playlist",
            text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/passwd\n"),
            FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("html", text("<!doctype html><p>502</p>"), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("zip", text("PK\3\4\0\0\0\0zip"), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of("avi", text("RIFF\0\0\0\0AVI LIST"), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of(
            "a refused codec", AudioFiles.bytes("adpcm.wav"), FailureCode.UNSUPPORTED_FORMAT),
        Arguments.of(
            "jpeg", headThenGarbage("empty.wav", 0, 0xFF, 0xD8, 0xFF), FailureCode.NO_AUDIO_TRACK),
        Arguments.of(
            "png",
            headThenGarbage("empty.wav", 0, 0x89, 'P', 'N', 'G'),
            FailureCode.NO_AUDIO_TRACK),
        Arguments.of("pictures", AudioFiles.bytes("picture-only.mp4"), FailureCode.NO_AUDIO_TRACK),
        Arguments.of("wav head", cut("mulaw.wav", 0, 16), FailureCode.NOT_DECODABLE),
        Arguments.of("wav garbage", headThenGarbage("mulaw.wav", 12), FailureCode.NOT_DECODABLE),
        Arguments.of("webm head", cut("opus.webm", 0, 40), FailureCode.NOT_DECODABLE),
        Arguments.of("webm garbage", headThenGarbage("opus.webm", 40), FailureCode.NOT_DECODABLE),
        Arguments.of("ogg garbage", headThenGarbage("opus.ogg", 4), FailureCode.NOT_DECODABLE),
        Arguments.of("flac garbage", headThenGarbage("speech.flac", 4), FailureCode.NOT_DECODABLE),
        Arguments.of("mp3 garbage", headThenGarbage("id3.mp3", 3), FailureCode.NOT_DECODABLE),
        Arguments.of(
            "mp4 without its index",
            Mp4.without(AudioFiles.bytes("aac.m4a"), "moov"),
            FailureCode.NOT_DECODABLE),
        Arguments.of(
            "mp4 cut before its index", cut("aac.m4a", 0, 6_000), FailureCode.NOT_DECODABLE),
        Arguments.of(
            "a headless slice",
            Slices.of(AudioFiles.bytes("browser.webm")).get(2),
            FailureCode.WEBM_CONTINUATION));
  }

  private static byte[] headThenGarbage(String name, int head, int... magic) {
    byte[] bytes = headThenGarbage(name, head);
    for (int i = 0; i < magic.length; i++) {
      bytes[i] = (byte) magic[i];
    }
    return bytes;
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("badInput")
  void badInputGetsItsCode(String what, byte[] bytes, FailureCode code) {
    Failure failure = refused(AudioFiles.write(files, "upload.wav", bytes));
    assertThat(failure.code()).as(what + ": " + failure.message()).isEqualTo(code);
    assertThat(failure.message()).doesNotContain(scratch.toString()).hasSizeLessThan(301);
    assertThat(files.resolve("decoded.wav")).doesNotExist();
  }

  private Failure refused(Path source) {
    FailureException thrown =
        catchThrowableOfType(
            FailureException.class, () -> decoder.decode(source, files.resolve("decoded.wav")));
    assertThat(thrown).as("a refusal").isNotNull();
    return thrown.failure();
  }

  /** Each would make the codec library open the other file if the library got to see it. */
  static Stream<String> filesThatNameOthers() {
    return Stream.of(
        "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10,\n%s\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '%s'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\na=%s\n",
        "<?xml version=\"1.0\"?><MPD><BaseURL>%s</BaseURL></MPD>",
        "RIFF\0\0\0\0WAVE#EXTM3U\n#EXTINF:10,\n%s\n",
        "\u001aEconcat\nffconcat version 1.0\nfile '%s'\n");
  }

  @ParameterizedTest
  @MethodSource("filesThatNameOthers")
  void aFileThatNamesAnotherCopiesNothingOfIt(String playlist) throws IOException {
    Path secret = AudioFiles.write(files, "secret.wav", AudioFiles.bytes("mulaw.wav"));
    Path source = AudioFiles.write(files, "upload.wav", text(playlist.formatted(secret)));
    assertThat(refused(source).code())
        .isIn(FailureCode.UNSUPPORTED_FORMAT, FailureCode.NOT_DECODABLE);
    try (var left = Files.list(files)) {
      assertThat(left).containsExactlyInAnyOrder(secret, source);
    }
  }

  @Test
  void aJoinSaysWhichRecordingIsBad() {
    Path good = AudioFiles.write(files, "good", AudioFiles.bytes("opus.ogg"));
    Path bad = AudioFiles.write(files, "bad", headThenGarbage("opus.ogg", 4));
    FailureException thrown =
        catchThrowableOfType(
            FailureException.class,
            () -> decoder.join(List.of(good, bad, good), files.resolve("joined.ogg")));
    assertThat(thrown.failure().code()).isEqualTo(FailureCode.NOT_DECODABLE);
    assertThat(thrown.failure().message()).startsWith("recording 2 of 3: ");
    assertThat(files.resolve("joined.ogg")).doesNotExist();
  }

  @Test
  void aFailureTellsNothingOfItsContent() {
    Path source = AudioFiles.write(files, "upload.wav", text(CANARY));
    assertThat(refused(source).message()).doesNotContain(CANARY);
  }

  @Test
  void mutilatedRecordingsEndWithAnAnswer() {
    List<String> names =
        List.of("opus.webm", "opus.ogg", "aac.m4a", "speech.mp3", "mulaw.wav", "speech.flac");
    Random random = new Random(20261120);
    int answered = 0;
    for (int round = 0; round < 30; round++) {
      byte[] bytes = AudioFiles.bytes(names.get(round % names.size()));
      for (int flips = 0; flips < 20; flips++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      Path source = AudioFiles.write(files, "upload", bytes);
      try {
        decoder.decode(source, files.resolve("decoded.wav"));
        answered++;
      } catch (FailureException e) {
        assertThat(e.failure().code())
            .isIn(
                FailureCode.NOT_DECODABLE,
                FailureCode.UNSUPPORTED_FORMAT,
                FailureCode.NO_AUDIO_TRACK,
                FailureCode.DECODE_LIMIT,
                FailureCode.TOO_LONG,
                FailureCode.WEBM_CONTINUATION);
        answered++;
      }
    }
    assertThat(answered).isEqualTo(30);
  }
}
