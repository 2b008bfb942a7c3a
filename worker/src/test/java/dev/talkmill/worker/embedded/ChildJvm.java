package dev.talkmill.worker.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another Java process on this test's class path, to be killed or to be given little memory. */
public final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader out;

  private ChildJvm(Process process) {
    this.process = process;
    this.out = process.inputReader();
  }

  public static ChildJvm run(List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Reads on to the line that begins with the word and returns the rest of it. */
  public String await(String word) throws IOException {
    String line = out.readLine();
    while (line != null && !line.startsWith(word)) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the process ended without saying " + word);
    }
    return line.substring(word.length()).strip();
  }

  /** Kill -9: nothing of the process runs any more, not even a shutdown hook. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(2, TimeUnit.MINUTES);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
