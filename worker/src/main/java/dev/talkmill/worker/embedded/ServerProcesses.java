package dev.talkmill.worker.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The PostgreSQL processes that work on one data directory. A process id in a file proves nothing,
 * since ids are used again: each process found is shown to be a PostgreSQL of exactly this
 * directory before anybody sends it a signal.
 */
final class ServerProcesses {

  private static final Path PROC = Path.of("/proc");

  private final Path data;

  /**
   * @param data real, absolute path of the data directory
   */
  ServerProcesses(Path data) {
    this.data = data;
  }

  Path pidFile() {
    return data.resolve("postmaster.pid");
  }

  /** The server that wrote {@code postmaster.pid}, if it lives and is one of this directory. */
  Optional<ProcessHandle> postmaster() {
    return recordedPid().flatMap(ProcessHandle::of).filter(this::isOurs);
  }

  /** The server and its children; also children that outlived a killed server. */
  List<ProcessHandle> all() {
    if (!Files.isDirectory(PROC.resolve("self"))) {
      return postmaster().stream().toList();
    }
    try (var processes = ProcessHandle.allProcesses()) {
      return processes.filter(this::isOurs).toList();
    }
  }

  private Optional<Long> recordedPid() {
    try {
      return Files.readString(pidFile(), UTF_8)
          .lines()
          .findFirst()
          .map(String::strip)
          .map(Long::valueOf);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private boolean isOurs(ProcessHandle process) {
    Path entry = PROC.resolve(Long.toString(process.pid()));
    if (!Files.isDirectory(entry)) {
      return isOursByCommand(process.info());
    }
    try {
      // Every PostgreSQL process has its data directory as working directory.
      String program = Files.readSymbolicLink(entry.resolve("exe")).getFileName().toString();
      return program.startsWith("postgres")
          && Files.readSymbolicLink(entry.resolve("cwd")).equals(data);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean isOursByCommand(ProcessHandle.Info info) {
    return info.command().filter(command -> command.endsWith("/postgres")).isPresent()
        && info.arguments().map(List::of).orElseGet(List::of).contains(data.toString());
  }
}
