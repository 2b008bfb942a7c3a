package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.WebmHeader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A browser's later slices play once the head of the first is put in front of them. */
class WebmContinuationTest {

  private static final double WHOLE_SECONDS = 6.0;

  @TempDir static Path scratch;

  private static ChildDecoder decoder;

  @TempDir Path files;

  @BeforeAll
  static void start() {
    decoder = new ChildDecoder(AudioFiles.SETTINGS, scratch);
  }

  private byte[] headerOf(byte[] slice) throws IOException {
    return WebmHeader.headerOf(AudioFiles.write(files, "first", slice)).orElseThrow();
  }

  private DecodedAudio decodeRepaired(byte[] header, byte[] slice) throws IOException {
    Path source = AudioFiles.write(files, "slice", slice);
    assertThat(WebmHeader.isContinuation(source)).isTrue();
    Path repaired = files.resolve("repaired");
    WebmHeader.repair(header, source, repaired);
    return decoder.decode(repaired, files.resolve("decoded.wav"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"browser.webm", "finished.webm"})
  void slicesCutAtClustersLoseNothing(String name) throws IOException {
    List<byte[]> slices = Slices.of(AudioFiles.bytes(name));
    assertThat(slices).hasSizeGreaterThan(4);
    byte[] header = headerOf(slices.getFirst());
    double seconds = 0;
    for (byte[] slice : slices.subList(1, slices.size())) {
      DecodedAudio audio = decodeRepaired(header, slice);
      assertThat(audio.seconds()).isBetween(0.02, 1.5);
      // The length that a finished file claims is that of the whole.
      assertThat(audio.secondsClaimed()).isLessThan(1.6);
      seconds += audio.seconds();
    }
    // The first slice holds a second of its own.
    assertThat(seconds).isCloseTo(WHOLE_SECONDS - 1, within(0.2));
  }

  @Test
  void slicesCutAnywhereLoseAtMostTheBlocksThatAreCut() throws IOException {
    byte[] whole = AudioFiles.bytes("browser.webm");
    byte[] header = headerOf(whole);
    Random random = new Random(3);
    for (int round = 0; round < 12; round++) {
      int cut = 600 + random.nextInt(whole.length - 2_600);
      byte[] slice = Arrays.copyOfRange(whole, cut, whole.length);
      double expected = WHOLE_SECONDS * slice.length / whole.length;
      assertThat(decodeRepaired(header, slice).seconds())
          .as("cut at %d", cut)
          .isCloseTo(expected, within(0.5));
    }
  }

  @Test
  void theHeadIsTheSameHoweverLongTheFirstSliceIs() throws IOException {
    byte[] whole = AudioFiles.bytes("browser.webm");
    assertThat(headerOf(Arrays.copyOf(whole, 2_000)))
        .isEqualTo(headerOf(whole))
        .hasSizeLessThan(1_000);
  }

  @Test
  void whatIsNoWebmHasNoHead() throws IOException {
    for (String name : List.of("opus.ogg", "aac.m4a", "mulaw.wav")) {
      Path source = AudioFiles.write(files, name, AudioFiles.bytes(name));
      assertThat(WebmHeader.headerOf(source)).isEmpty();
      assertThat(WebmHeader.isContinuation(source)).isFalse();
    }
    byte[] cutInItsHead = Arrays.copyOf(AudioFiles.bytes("browser.webm"), 60);
    assertThat(WebmHeader.headerOf(AudioFiles.write(files, "cut", cutInItsHead))).isEmpty();
    assertThat(WebmHeader.headerOf(AudioFiles.write(files, "empty", new byte[0]))).isEmpty();
  }

  @Test
  void aSliceWithItsHeadIsNoContinuation() throws IOException {
    Path source = AudioFiles.write(files, "whole", AudioFiles.bytes("browser.webm"));
    assertThat(WebmHeader.isContinuation(source)).isFalse();
  }

  @Test
  void randomBytesAreNoContinuation() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      byte[] bytes = new byte[300_000];
      new Random(seed).nextBytes(bytes);
      Path source = AudioFiles.write(files, "random", bytes);
      assertThat(WebmHeader.isContinuation(source)).as("seed %d", seed).isFalse();
      assertThat(WebmHeader.headerOf(source)).isEmpty();
    }
  }

  @Test
  void whatIsNoContinuationIsNotRepaired() {
    Path source = AudioFiles.write(files, "other", AudioFiles.bytes("mulaw.wav"));
    assertThatIOException()
        .isThrownBy(() -> WebmHeader.repair(new byte[0], source, files.resolve("repaired")));
  }
}
