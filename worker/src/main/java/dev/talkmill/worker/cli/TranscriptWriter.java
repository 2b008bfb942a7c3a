package dev.talkmill.worker.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes transcripts to standard output, or each to a file of its own. */
final class TranscriptWriter {

  private final PrintStream out;
  private final TranscriptFormat format;
  private final @Nullable Path directory;
  private final boolean several;

  /**
   * @param directory null writes to {@code out}
   */
  TranscriptWriter(
      PrintStream out,
      TranscriptFormat format,
      @Nullable Path directory,
      List<Recording> recordings) {
    this.out = out;
    this.format = format;
    this.directory = directory;
    this.several = recordings.size() > 1;
    if (directory == null && several && !format.canFollowAnother()) {
      throw CommandFailure.usage(
          "Several recordings in one stream of "
              + format.code()
              + " could not be told apart. Add --output-dir DIR to write a file for each.");
    }
    if (directory != null) {
      prepare(directory, recordings);
    }
  }

  private void prepare(Path target, List<Recording> recordings) {
    Set<String> names = new HashSet<>();
    for (Recording recording : recordings) {
      // Some file systems do not tell upper from lower case.
      if (!names.add(fileName(recording).toLowerCase(Locale.ROOT))) {
        throw CommandFailure.usage(
            "Two recordings would both be written to "
                + fileName(recording)
                + ". Rename one, or name them in two commands.");
      }
    }
    try {
      Files.createDirectories(target);
    } catch (IOException failed) {
      throw CommandFailure.usage(
          "The directory " + target + " cannot be made: " + failed.getMessage());
    }
    if (!Files.isWritable(target)) {
      throw CommandFailure.usage("The directory " + target + " cannot be written to.");
    }
  }

  private String fileName(Recording recording) {
    return recording.stem() + "." + format.code();
  }

  void write(Recording recording, byte[] transcript) {
    if (directory != null) {
      Path file = directory.resolve(fileName(recording));
      try {
        Files.write(file, transcript);
      } catch (IOException failed) {
        throw CommandFailure.failed(file + " cannot be written: " + failed.getMessage(), failed);
      }
      return;
    }
    if (transcript.length == 0) {
      return; // Why there is none was said.
    }
    if (several && format == TranscriptFormat.TXT) {
      out.println("==> " + recording.name() + " <==");
    }
    out.writeBytes(transcript);
    if (transcript[transcript.length - 1] != '\n') {
      out.print('\n');
    }
    out.flush();
  }
}
