package dev.talkmill.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One recording to one WAV file of 16 kHz mono, and nothing else. */
final class PlainDecoder {

  private static final long MINUTES_MAX = 5;

  private PlainDecoder() {}

  static boolean isFfmpegHere() {
    try {
      Process process =
          new ProcessBuilder("ffmpeg", "-version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(MINUTES_MAX, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException notThere) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static double ffmpegSeconds(Path source, Path target) throws Exception {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                "ffmpeg",
                "-nostdin",
                "-v",
                "error",
                "-i",
                source.toString(),
                "-ar",
                "16000",
                "-ac",
                "1",
                "-y",
                target.toString())
            .inheritIO()
            .start();
    if (!process.waitFor(MINUTES_MAX, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("ffmpeg does not decode " + source);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Files.delete(target);
    return seconds;
  }

  /** The decoder as the worker uses it. */
  static double childSeconds(Path source, Path target) throws IOException {
    var decoder = BigRecordings.decoder(target);
    long start = System.nanoTime();
    decoder.decode(source, target);
    double seconds = (System.nanoTime() - start) / 1e9;
    Files.delete(target);
    return seconds;
  }
}
