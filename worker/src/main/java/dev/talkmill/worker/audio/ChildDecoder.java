package dev.talkmill.worker.audio;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.worker.audio.child.DecoderMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Decodes in a child process, one for each call: a defect of a codec that hostile bytes trigger
 * takes the child and not the worker. The child gets a small heap, no environment, a directory of
 * its own, and limits of time, of output and (where the machine has {@code prlimit}) of memory,
 * processor time and file size; it ends with its parent.
 *
 * <p>Safe for use by many threads at once. How many decode at a time is the caller's business.
 */
public final class ChildDecoder implements AudioDecoder {

  /** Opus at its lowest, 6 kbit/s: no speech is smaller, so bytes bound the length. */
  private static final double BYTES_PER_SECOND_MIN = 750;

  /** Decoding and coding are some 50 to 2,000 times faster than the sound; this allows for 10. */
  private static final double REAL_TIME_SHARE = 0.1;

  private final Duration lengthMax;
  private final Duration timeoutBase;
  private final Path scratch;
  private final ChildCommand command;

  private record Source(MediaKind kind, Path path, long bytes) {}

  /**
   * Prepares the scratch directory, and removes in it what dead processes left behind.
   *
   * @param scratch directory for the codec libraries, unpacked once, and the calls' own directories
   */
  public ChildDecoder(AudioSettings settings, Path scratch) {
    lengthMax = settings.lengthMax();
    timeoutBase = settings.decodeTimeoutBase();
    this.scratch = scratch.toAbsolutePath();
    try {
      Files.createDirectories(this.scratch);
      CallDirectory.removeAbandoned(this.scratch);
      command = new ChildCommand(this.scratch, settings);
    } catch (IOException e) {
      throw scratchFull(e);
    }
  }

  @Override
  public DecodedAudio decode(Path source, Path wav) {
    Source sniffed = sniff(source);
    try (CallDirectory directory = CallDirectory.create(scratch)) {
      ChildAnswer answer = run("decode", List.of(sniffed), directory);
      DecodedAudio decoded = answer.decoded(sniffed.kind(), seconds(lengthMax));
      deliver(directory, wav);
      return decoded;
    } catch (IOException e) {
      throw scratchFull(e);
    }
  }

  @Override
  public double join(Iterable<Path> sources, Path ogg) {
    List<Source> sniffed = new ArrayList<>();
    for (Path source : sources) {
      sniffed.add(sniff(source));
    }
    if (sniffed.isEmpty()) {
      throw new IllegalArgumentException("nothing to join");
    }
    try (CallDirectory directory = CallDirectory.create(scratch)) {
      double seconds = run("join", sniffed, directory).joined(seconds(lengthMax));
      deliver(directory, ogg);
      return seconds;
    } catch (IOException e) {
      throw scratchFull(e);
    }
  }

  private static Source sniff(Path source) {
    try {
      return new Source(MediaSniffer.sniff(source), source.toAbsolutePath(), Files.size(source));
    } catch (IOException e) {
      throw FailureException.of(FailureCode.INTERNAL_ERROR, "can't read the scratch file", e);
    }
  }

  private ChildAnswer run(String mode, List<Source> sources, CallDirectory directory)
      throws IOException {
    StringBuilder list = new StringBuilder();
    long bytes = 0;
    for (Source source : sources) {
      list.append(source.kind().formats()).append(DecoderMain.SEPARATOR);
      list.append(source.path()).append(DecoderMain.SEPARATOR);
      bytes += source.bytes();
    }
    Files.writeString(directory.path().resolve(DecoderMain.SOURCES_FILE), list);
    double secondsOfBytes = bytes / BYTES_PER_SECOND_MIN;
    return ChildProcess.run(
        command.line(mode, directory.path()),
        directory.path(),
        timeoutBase,
        claimed -> timeLimit(claimed > 0 ? claimed : secondsOfBytes));
  }

  private Duration timeLimit(double audioSeconds) {
    double counted = Math.min(audioSeconds, seconds(lengthMax)) * REAL_TIME_SHARE;
    return timeoutBase.plusMillis(Math.round(counted * 1_000));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1_000.0;
  }

  /** Hands the output over; a child that was taken over may have put something else there. */
  static void deliver(CallDirectory directory, Path target) throws IOException {
    Path output = directory.path().resolve(DecoderMain.OUTPUT_FILE);
    if (!Files.isRegularFile(output, LinkOption.NOFOLLOW_LINKS)) {
      throw FailureException.of(
          FailureCode.DECODER_CRASHED, "the decoder says it is done and left no file");
    }
    Files.move(output, target, StandardCopyOption.REPLACE_EXISTING);
  }

  private static FailureException scratchFull(IOException e) {
    return FailureException.of(
        FailureCode.SCRATCH_FULL,
        String.format(Locale.ROOT, "can't write to the scratch directory: %s", e.getMessage()),
        e);
  }
}
