package dev.talkmill.worker.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WavFilesTest {

  @TempDir Path files;
  private byte[] wav;
  private Path source;
  private Path part;

  @BeforeEach
  void decodeOne() {
    source = files.resolve("decoded.wav");
    part = files.resolve("part.wav");
    Path upload = AudioFiles.write(files, "upload", AudioFiles.bytes("speech.mp3"));
    new ChildDecoder(AudioFiles.SETTINGS, files.resolve("scratch")).decode(upload, source);
    try {
      wav = Files.readAllBytes(source);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void neighbouringPartsTogetherAreTheWhole() throws IOException {
    Random random = new Random(11);
    double seconds = WavFiles.seconds(source);
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    double at = 0;
    while (at < seconds) {
      double end = Math.min(seconds, at + 0.05 + random.nextDouble() / 3);
      WavFiles.cut(source, at, end, part);
      byte[] cut = Files.readAllBytes(part);
      assertThat(WavFiles.seconds(part)).isEqualTo((cut.length - 44) / 32_000.0);
      joined.write(cut, 44, cut.length - 44);
      at = end;
    }
    assertThat(joined.toByteArray()).isEqualTo(Arrays.copyOfRange(wav, 44, wav.length));
  }

  @Test
  void aRangeBeyondTheEndIsTheEnd() {
    WavFiles.cut(source, 1.5, 99, part);
    assertThat(WavFiles.seconds(part)).isEqualTo(WavFiles.seconds(source) - 1.5);
    WavFiles.cut(source, 98, 99, part);
    assertThat(WavFiles.seconds(part)).isZero();
  }

  @Test
  void whatIsNoRangeIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> WavFiles.cut(source, 2, 1, part));
    assertThatIllegalArgumentException().isThrownBy(() -> WavFiles.cut(source, -1, 1, part));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WavFiles.cut(source, Double.NaN, 1, part));
  }

  @Test
  void anyOtherFileIsRefused() {
    refuses(new byte[0]);
    refuses(Arrays.copyOf(wav, 43));
    refuses(Arrays.copyOf(wav, wav.length - 2));
    refuses(Arrays.copyOf(wav, wav.length + 2));
    refuses(AudioFiles.bytes("pcm-8k.wav"));
    refuses(AudioFiles.bytes("pcm-stereo-44k.wav"));
  }

  private void refuses(byte[] bytes) {
    Path other = AudioFiles.write(files, "other.wav", bytes);
    assertThatThrownBy(() -> WavFiles.seconds(other)).hasMessageStartingWith("internal_error");
    assertThatThrownBy(() -> WavFiles.cut(other, 0, 1, part))
        .hasMessageStartingWith("internal_error");
    assertThat(part).doesNotExist();
  }
}
