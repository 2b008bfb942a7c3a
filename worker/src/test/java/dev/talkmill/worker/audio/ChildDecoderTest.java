package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import dev.talkmill.pipeline.prepare.PrepareDecision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildDecoderTest {

  /** Shared, so that the codec libraries are unpacked once. */
  @TempDir static Path scratch;

  private static ChildDecoder decoder;

  @TempDir Path files;
  private Path wav;

  @BeforeAll
  static void start() {
    decoder = new ChildDecoder(AudioFiles.SETTINGS, scratch);
  }

  @BeforeEach
  void target() {
    wav = files.resolve("decoded.wav");
  }

  private DecodedAudio decode(byte[] bytes, String name) {
    return decoder.decode(AudioFiles.write(files, name, bytes), wav);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pcm-8k.wav            | wav           | pcm_u8    | audio/wav  | 2.0
          pcm-stereo-44k.wav    | wav           | pcm_s16le | audio/wav  | 0.1
          mulaw.wav             | wav           | pcm_mulaw | audio/wav  | 2.0
          float.wav             | wav           | pcm_f32le | audio/wav  | 0.2
          opus.webm             | matroska,webm | opus      | audio/webm | 2.0
          browser.webm          | matroska,webm | opus      | audio/webm | 6.0
          picture-and-sound.webm| matroska,webm | opus      | audio/webm | 2.0
          opus.mkv              | matroska,webm | opus      | audio/webm | 2.0
          opus.ogg              | ogg           | opus      | audio/ogg  | 2.0
          stereo.ogg            | ogg           | opus      | audio/ogg  | 2.0
          vorbis.ogg            | ogg           | vorbis    | audio/ogg  | 2.0
          speech.mp3            | mp3           | mp3       | audio/mpeg | 2.0
          id3.mp3               | mp3           | mp3       | audio/mpeg | 2.0
          aac.m4a               | mov,mp4       | aac       | audio/mp4  | 2.0
          fragmented.mp4        | mov,mp4       | aac       | audio/mp4  | 2.0
          alac.m4a              | mov,mp4       | alac      | audio/mp4  | 2.0
          speech.aac            | aac           | aac       | audio/aac  | 2.0
          speech.flac           | flac          | flac      | audio/flac | 2.0
          six-channels.flac     | flac          | flac      | audio/flac | 0.3
          """)
  void eachFormatIsDecodedToItsLength(
      String name, String container, String codec, String mediaType, double seconds)
      throws IOException {
    DecodedAudio audio = decode(AudioFiles.bytes(name), "upload");
    // Coders of frames add up to two of theirs.
    assertThat(audio.seconds()).isCloseTo(seconds, within(0.13));
    assertThat(audio.container()).contains(container.split(",")[0]);
    assertThat(audio.codec()).isEqualTo(codec);
    assertThat(audio.mediaType()).isEqualTo(mediaType);
    assertThat(audio.peak()).isBetween(0.02, 1.0);
    assertThat(WavFiles.seconds(wav)).isEqualTo(audio.seconds());
    assertThat(Files.size(wav)).isEqualTo(44 + Math.round(audio.seconds() * 32_000));
    assertThat(PrepareDecision.missingSeconds(audio)).isZero();
  }

  @Test
  void whatABrowserStreamsClaimsNoLength() {
    assertThat(decode(AudioFiles.bytes("browser.webm"), "a").secondsClaimed()).isZero();
    assertThat(decode(AudioFiles.bytes("finished.webm"), "b").secondsClaimed())
        .isCloseTo(6, within(0.1));
  }

  @ParameterizedTest
  @CsvSource({"finished.webm, 6", "aac.m4a, 2", "speech.flac, 2", "mulaw.wav, 2", "id3.mp3, 2"})
  void aTruncatedFileSaysWhatItLacks(String name, double seconds) {
    byte[] whole = AudioFiles.bytes(name);
    // The index of aac.m4a stands at its end: moved to the front by nobody, so it is cut inside.
    if (name.endsWith(".m4a")) {
      whole = Mp4.withIndexFirst(whole);
    }
    DecodedAudio audio = decode(Arrays.copyOf(whole, whole.length * 2 / 5), "upload");
    assertThat(audio.seconds()).isBetween(0.1 * seconds, 0.6 * seconds);
    assertThat(audio.secondsClaimed()).isCloseTo(seconds, within(0.15));
  }

  @Test
  void aPauseBetweenTwoSentencesIsFound() throws IOException {
    Path first = AudioFiles.write(files, "first", AudioFiles.bytes("opus.webm"));
    Path pause = AudioFiles.write(files, "pause", AudioFiles.bytes("silence.flac"));
    Path joined = files.resolve("joined.ogg");
    decoder.join(List.of(first, pause, first), joined);
    DecodedAudio audio = decoder.decode(joined, wav);
    assertThat(audio.silences())
        .anySatisfy(silence -> {
          assertThat(silence.start()).isCloseTo(2.0, within(0.15));
          assertThat(silence.end()).isBetween(3.9, 4.4);
        });
    double silent = audio.silences().stream().mapToDouble(Range::seconds).sum();
    assertThat(silent).isLessThan(3.0);
  }

  @Test
  void silenceIsOneRangeFromStartToEnd() {
    DecodedAudio audio = decode(AudioFiles.bytes("silence.flac"), "upload");
    assertThat(audio.silences()).containsExactly(new Range(0, audio.seconds()));
    assertThat(audio.peak()).isZero();
  }

  @Test
  void aHeadWithoutSamplesIsZeroSeconds() {
    DecodedAudio audio = decode(AudioFiles.bytes("empty.wav"), "upload");
    assertThat(audio.seconds()).isZero();
    assertThat(audio.silences()).isEmpty();
    assertThat(WavFiles.seconds(wav)).isZero();
  }

  @Test
  void theTargetIsReplacedAndTheScratchLeftEmpty() throws IOException {
    AudioFiles.write(files, "decoded.wav", new byte[1_000_000]);
    decode(AudioFiles.bytes("float.wav"), "upload");
    assertThat(Files.size(wav)).isEqualTo(44 + 6_400);
    try (var left = Files.list(scratch)) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("call-"));
    }
  }

  @Test
  void recordingsOfManyFormatsAreJoinedToOneInOrder() {
    List<Path> sources = new ArrayList<>();
    for (String name : List.of("speech.mp3", "silence.flac", "browser.webm", "aac.m4a")) {
      sources.add(AudioFiles.write(files, name, AudioFiles.bytes(name)));
    }
    Path ogg = files.resolve("joined.ogg");
    double seconds = decoder.join(sources, ogg);
    assertThat(seconds).isCloseTo(12, within(0.3));
    DecodedAudio audio = decoder.decode(ogg, wav);
    assertThat(audio.codec()).isEqualTo("opus");
    assertThat(audio.mediaType()).isEqualTo("audio/ogg");
    assertThat(audio.seconds()).isCloseTo(seconds, within(0.03));
    assertThat(audio.secondsClaimed()).isCloseTo(seconds, within(0.03));
  }

  @Test
  void thousandsOfRecordingsAreJoinedByOneChild() {
    Path source = AudioFiles.write(files, "float.wav", AudioFiles.bytes("float.wav"));
    Path ogg = files.resolve("joined.ogg");
    double seconds = decoder.join(Collections.nCopies(2_000, source), ogg);
    assertThat(seconds).isCloseTo(400, within(1.0));
  }

  @Test
  void nothingCannotBeJoined() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decoder.join(List.of(), files.resolve("joined.ogg")));
  }

  @ParameterizedTest
  @CsvSource({
    "01.webm, 6.2",
    "02.webm, 4.7",
    "03.webm, 6.8",
    "04.webm, 5.7",
    "05.webm, 5.3",
    "06.m4a, 4.8"
  })
  void theBundledSampleIsDecoded(String name, double seconds) {
    DecodedAudio audio = decode(AudioFiles.demo(name), "upload");
    assertThat(audio.seconds()).isCloseTo(seconds, within(0.2));
    assertThat(audio.silences()).isNotEmpty();
  }
}
