package dev.talkmill.bench;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Command lines of other JVMs, with the options by which {@code ./talkmill} starts the worker. */
final class WorkerJava {

  /**
   * Those of the launcher, but for {@code -Xshare:auto}, which is how Java starts anyway and which
   * an ahead-of-time cache cannot be had with; a test compares the two.
   */
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

  static final String SERVE = "serve";

  private static final String MAIN = "dev.talkmill.worker.WorkerApplication";

  private WorkerJava() {}

  /** The packaged application with an option of Java. */
  static List<String> packaged(String option, String... words) {
    return line(List.of(option), List.of("-jar", jar().toString()), words);
  }

  /** {@code serve} from the classes that the bench runs on, packaged or not. */
  static List<String> onOurClassPath(String... options) {
    return line(List.of(options), List.of("-cp", ourClassPath(), MAIN), SERVE);
  }

  /** Another class of the bench. */
  static List<String> other(Class<?> main, int heapMib, String... words) {
    return line(
        List.of("-Xmx" + heapMib + "m"), List.of("-cp", ourClassPath(), main.getName()), words);
  }

  private static List<String> line(
      List<String> options, List<String> application, String... words) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(OPTIONS);
    line.addAll(tiers());
    line.addAll(options);
    line.addAll(application);
    line.addAll(List.of(words));
    return line;
  }

  /** Tests are run by the first compiler alone, which makes a short life shorter. */
  private static List<String> tiers() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-XX:TieredStopAtLevel="))
        .toList();
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
