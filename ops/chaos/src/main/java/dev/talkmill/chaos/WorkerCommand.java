package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.CrashPoint;
import dev.talkmill.chaos.agent.Defect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The command line by which {@code ./talkmill serve} runs the packaged worker. */
final class WorkerCommand {

  private static final List<String> OPTIONS =
      List.of(
          "-Xshare:auto",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8",
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8",
          // Lives are too short for the second compiler.
          "-XX:TieredStopAtLevel=1",
          "-Xmx256m");

  private final Path jar;
  private final Path agent;
  private final Optional<Defect> defect;

  /**
   * A worker to start.
   *
   * @param defect every life has; empty for the worker as it is
   */
  WorkerCommand(Path jar, Path agent, Optional<Defect> defect) {
    this.jar = jar;
    this.agent = agent;
    this.defect = defect;
  }

  /**
   * A place and how often it is passed.
   *
   * @param passes the last one is deadly; 1 or more
   */
  record Death(CrashPoint point, int passes) {}

  /** The worker as it was built; with a death to die, its jar is the same. */
  List<String> line(Path temporary, @Nullable Death death) {
    List<String> line = new ArrayList<>();
    line.add(java());
    line.addAll(OPTIONS);
    line.add("-Djava.io.tmpdir=" + temporary);
    defect.ifPresent(wrong -> line.add("-javaagent:%s=%s".formatted(agent, wrong)));
    if (death != null) {
      line.add("-javaagent:%s=%s:%d".formatted(agent, death.point(), death.passes()));
    }
    line.addAll(List.of("-jar", jar.toString(), "serve"));
    return line;
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** What {@code ./talkmill} runs. */
  static Path packagedJar() {
    Path classes = ourClasses();
    for (Path above = classes; above != null; above = above.getParent()) {
      if (Files.isExecutable(above.resolve("talkmill")) && Files.exists(above.resolve("mvnw"))) {
        return above.resolve("worker/target/app/talkmill-worker.jar");
      }
    }
    throw new IllegalStateException("no ./talkmill above " + classes);
  }

  private static Path ourClasses() {
    try {
      return Path.of(
          WorkerCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
