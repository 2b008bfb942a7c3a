package dev.talkmill.bench;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Command lines that start the worker as {@code ./talkmill} does. */
final class WorkerJava {

  /** Those of the launcher; a test compares the two. */
  static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:MaxRAMPercentage=50",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8",
          "-Dstdout.encoding=UTF-8",
          "-Dstderr.encoding=UTF-8");

  private static final String MAIN = "dev.talkmill.worker.WorkerApplication";

  private WorkerJava() {}

  /** {@code serve} from the packaged application. */
  static List<String> packaged(String... more) {
    return line(List.of(more), List.of("-jar", jar().toString()));
  }

  /** {@code serve} from the classes that the bench runs on, packaged or not. */
  static List<String> onOurClassPath(String... more) {
    return line(List.of(more), List.of("-cp", ourClassPath(), MAIN));
  }

  private static List<String> line(List<String> more, List<String> application) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(OPTIONS);
    line.addAll(more);
    line.addAll(application);
    line.add("serve");
    return line;
  }

  private static String ourClassPath() {
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(System.getProperty("java.class.path"))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The worker's archive, with its libraries beside it; it may not have been built yet. */
  static Path jar() {
    return checkout().resolve("worker/target/app/talkmill-worker.jar");
  }

  /** The root of the project, above the classes that run. */
  static Path checkout() {
    Path classes = ourClasses();
    for (Path above = classes; above != null; above = above.getParent()) {
      if (Files.isExecutable(above.resolve("talkmill")) && Files.exists(above.resolve("mvnw"))) {
        return above;
      }
    }
    throw new IllegalStateException("no ./talkmill above " + classes);
  }

  private static Path ourClasses() {
    try {
      return Path.of(WorkerJava.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
