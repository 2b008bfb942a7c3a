package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.Defect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
          "-XX:TieredStopAtLevel=1");

  private static final String HEAP = "-Xmx256m";

  private final Path jar;
  private final Path agent;
  private final Path clock;
  private final Optional<Defect> defect;

  /**
   * A worker to start.
   *
   * @param agent jar of all that may be woven
   * @param clock jar of the wall clock that may be wrong
   * @param defect every life has; empty for the worker as it is
   */
  WorkerCommand(Path jar, Path agent, Path clock, Optional<Defect> defect) {
    this.jar = jar;
    this.agent = agent;
    this.clock = clock;
    this.defect = defect;
  }

  /**
   * The worker as it was built; whatever life it has, its jar is the same.
   *
   * @param data directory that exists
   * @param temporary directory that exists
   */
  List<String> line(Path data, Path temporary, Life life) {
    List<String> line = new ArrayList<>();
    if (life instanceof Life.Confined confined) {
      line.addAll(SmallDisk.prefix(data, confined.diskMegabytes()));
    }
    line.add(java());
    line.addAll(OPTIONS);
    line.add("-Djava.io.tmpdir=" + temporary);
    switch (life) {
      case Life.Plain _, Life.Confined _ -> line.add(HEAP);
      case Life.Starved starved -> line.add("-Xmx%dm".formatted(starved.heapMegabytes()));
      case Life.Death death -> {
        line.add(HEAP);
        line.add("-javaagent:%s=crash,%s,%d".formatted(agent, death.point(), death.passes()));
      }
      case Life.Clocked clocked -> {
        line.add(HEAP);
        line.add("-javaagent:%s=clock,%s,%s".formatted(agent, clocked.ahead(), clock));
      }
    }
    // Behind a death, so that it is woven outside of it: what it does there, the dead don't do.
    defect.ifPresent(wrong -> line.add("-javaagent:%s=defect,%s".formatted(agent, wrong)));
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
