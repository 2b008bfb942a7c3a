package dev.talkmill.worker.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ReaperTest {

  @TempDir Path directory;

  @Test
  void aKilledTestLeavesNeitherItsServerNorItsFiles() throws Exception {
    Path watched = Files.createDirectory(directory.resolve("of a test")).toRealPath();
    Path other = Files.createDirectory(directory.resolve("of a test that runs on"));
    Process stranger = new ProcessBuilder("sleep", "600").directory(other.toFile()).start();
    try (ChildJvm test = ChildJvm.run(List.of(), Main.class, watched.toString())) {
      test.await("STARTED");
      ServerProcesses servers = new ServerProcesses(watched.resolve("postgres/data"));
      assertThat(servers.all()).isNotEmpty();
      test.kill();
      Await.until(servers::all, List::isEmpty);
      Await.until(() -> Files.exists(watched), exists -> !exists);
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void whatWasStoppedInOrderIsLeftAlone() throws Exception {
    Process reaped = new ProcessBuilder("sleep", "600").directory(directory.toFile()).start();
    try {
      Reaper reaper = Reaper.over(directory);
      ProcessHandle shell =
          ProcessHandle.current()
              .children()
              .filter(child ->
                  List.of(child.info().arguments().orElse(new String[0])).contains("reaper"))
              .filter(child ->
                  List.of(child.info().arguments().orElseThrow())
                      .contains(directory.toAbsolutePath().toString()))
              .findFirst()
              .orElseThrow();
      reaper.close();
      Await.until(shell::isAlive, alive -> !alive);
      assertThat(reaped.isAlive()).isTrue();
      assertThat(directory).exists();
    } finally {
      reaped.destroyForcibly();
    }
  }

  /** A test that is killed in its middle. */
  static final class Main {

    private Main() {}

    @SuppressWarnings("resource") // Neither is ever closed: that is the point.
    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      Reaper reaper = Reaper.over(directory);
      EmbeddedPostgres server = EmbeddedPostgres.start(directory.resolve("postgres"));
      System.out.println("STARTED " + server.jdbcUrl() + reaper);
      while (System.in.read() >= 0) {
        // Until the other side is gone.
      }
    }
  }
}
