package dev.talkmill.worker.audio;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call's own directory, gone with the call. Its name holds the process that made it, so that
 * what a killed process left can be told from what a living neighbour uses.
 */
record CallDirectory(Path path) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CallDirectory.class);

  private static final Pattern NAME = Pattern.compile("call-(\\d{1,10})-(\\d{1,15})-[0-9a-f-]{36}");

  static CallDirectory create(Path scratch) throws IOException {
    ProcessHandle self = ProcessHandle.current();
    String name = "call-" + self.pid() + "-" + startOf(self) + "-" + UUID.randomUUID();
    return new CallDirectory(Files.createDirectory(scratch.resolve(name)));
  }

  /** Removes the directories of processes that no longer run. */
  static void removeAbandoned(Path scratch) throws IOException {
    try (DirectoryStream<Path> calls = Files.newDirectoryStream(scratch, "call-*")) {
      for (Path call : calls) {
        Matcher name = NAME.matcher(call.getFileName().toString());
        if (name.matches() && !runs(Long.parseLong(name.group(1)), name.group(2))) {
          remove(call);
        }
      }
    }
  }

  private static boolean runs(long pid, String start) {
    // In a container the same number is often given again: the start tells two lives apart.
    return ProcessHandle.of(pid).filter(process -> startOf(process).equals(start)).isPresent();
  }

  private static String startOf(ProcessHandle process) {
    return Long.toString(process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
  }

  private static void remove(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return;
    }
    Files.deleteIfExists(directory);
  }

  @Override
  public void close() {
    try {
      remove(path);
    } catch (IOException e) {
      // The call's result stands; the next start removes what is left.
      LOG.warn("Can't remove the directory of a decoder's call: {}", path, e);
    }
  }
}
