package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.talkmill.pipeline.prepare.DecodedAudio;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the measure of big files makes and reads. */
class BigRecordingsTest {

  @TempDir Path directory;

  @Test
  void aRepeatedRecordingIsDecodedWholeWithItsPauses() throws IOException {
    Path ogg = BigRecordings.opus(directory.resolve("three.ogg"), 3);
    DecodedAudio decoded = BigRecordings.decoder(ogg).decode(ogg, directory.resolve("wav"));
    assertThat(decoded.codec()).isEqualTo("opus");
    assertThat(decoded.seconds()).isBetween(179.9, 185.0);
    assertThat(decoded.secondsClaimed()).isCloseTo(decoded.seconds(), within(0.1));
    assertThat(decoded.silences()).hasSizeBetween(40, 60);
  }

  @Test
  void everyPageOfARepeatedRecordingHasItsNumberAndSum() throws IOException {
    Path ogg = BigRecordings.opus(directory.resolve("two.ogg"), 2);
    List<byte[]> pages = OggPages.read(ogg);
    for (int i = 0; i < pages.size(); i++) {
      byte[] page = pages.get(i);
      ByteBuffer fields = ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN);
      int sum = fields.getInt(22);
      fields.putInt(22, 0);
      assertThat(fields.getInt(18)).isEqualTo(i);
      assertThat(OggPages.sum(page)).isEqualTo(sum);
      assertThat(page[5] & 4)
          .as("end of stream on page %d", i)
          .isEqualTo(i == pages.size() - 1 ? 4 : 0);
    }
  }

  @Test
  void aWavHasExactlyItsBytes() throws IOException {
    Path wav = BigRecordings.wav(directory.resolve("a.wav"), 20 << 20);
    assertThat(wav).hasSize(20 << 20);
    DecodedAudio decoded = BigRecordings.decoder(wav).decode(wav, directory.resolve("wav"));
    assertThat(decoded.seconds()).isCloseTo(((20 << 20) - 44) / 192_000.0, within(0.01));
  }

  @Test
  void aRangeEndsWhereItShould() throws IOException {
    byte[] bytes = new byte[100];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    Path file = Files.write(directory.resolve("file"), bytes);
    try (InputStream range = FileRange.open(file, 10, 5)) {
      assertThat(range.read()).isEqualTo(10);
      assertThat(range.readAllBytes()).containsExactly(11, 12, 13, 14);
      assertThat(range.read()).isEqualTo(-1);
    }
  }

  @Test
  void theHeapIsAsFullAsBeforeItsFullestCollection() throws IOException {
    Path log = directory.resolve("gc.log");
    Files.writeString(
        log,
        """
        [0.005s] Using Serial
        [0.301s] GC(0) Pause Young (Allocation Failure) 68M->8M(247M) 5.120ms
        [1.204s] GC(1) Pause Young (Allocation Failure) 77M->19M(247M) 7.001ms
        [1.300s] GC(2) Pause Full (Metadata GC Threshold) 40M->12M(247M) 20.100ms
        """);
    assertThat(GcLog.read(log)).isEqualTo(new GcLog(77, 19));
    Files.writeString(log, "[0.005s] Using Serial\n");
    assertThatThrownBy(() -> GcLog.read(log)).hasMessageContaining("never collected");
  }

  @Test
  void theWorkerIsStartedWithTheOptionsOfTheLauncher() throws IOException {
    String launcher = Files.readString(WorkerJava.checkout().resolve("talkmill"));
    String call = launcher.substring(launcher.lastIndexOf("exec \"$JAVA_HOME/bin/java\""));
    assertThat(call.replaceAll("[\\\\\\s]+", " "))
        .startsWith(
            "exec \"$JAVA_HOME/bin/java\" -Xshare:auto " + String.join(" ", WorkerJava.OPTIONS));
  }
}
