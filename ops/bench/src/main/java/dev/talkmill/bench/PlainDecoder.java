package dev.talkmill.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Loader;

/**
 * One recording to one WAV file of 16 kHz mono by the program {@code ffmpeg}, and nothing else: the
 * one that comes with the libraries that the worker decodes with.
 */
final class PlainDecoder {

  private static final Duration LIMIT = Duration.ofMinutes(10);

  private PlainDecoder() {}

  static double seconds(Path source, Path target) throws Exception {
    String ffmpeg = program(target.resolveSibling("ffmpeg"));
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                ffmpeg,
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
            .directory(target.resolveSibling(".").toFile())
            .inheritIO()
            .start();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException("ffmpeg does not decode " + source);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Files.delete(target);
    return seconds;
  }

  /** Unpacked here and not below the home of whoever measures, where it would stay. */
  private static String program(Path directory) {
    System.setProperty("org.bytedeco.javacpp.cachedir", directory.toString());
    return Loader.load(org.bytedeco.ffmpeg.ffmpeg.class);
  }
}
