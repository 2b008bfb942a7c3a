package dev.talkmill.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a bench's processes and files when it cannot clear up itself. */
class GuardianTest {

  private static final int HEAP_MIB = 32;

  @TempDir Path directory;

  /** Guards a directory, starts a process that works in it, and says so. */
  static final class Guarded {
    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      Guardian.of(directory);
      List<String> command = WorkerJava.other(Idle.class, HEAP_MIB);
      File work = Files.createDirectory(directory.resolve("work")).toFile();
      new ProcessBuilder(command).directory(work).start();
      System.out.println("started");
      new CountDownLatch(1).await();
    }
  }

  /** Works until it is killed. */
  static final class Idle {
    public static void main(String[] arguments) throws Exception {
      new CountDownLatch(1).await();
    }
  }

  @Test
  void aKilledProcessLeavesNoProcessesAndNoFiles() throws Exception {
    Path guarded = Files.createDirectory(directory.resolve("guarded")).toRealPath();
    Process process =
        new ProcessBuilder(WorkerJava.other(Guarded.class, HEAP_MIB, guarded.toString())).start();
    List<ProcessHandle> children;
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("started");
      assertThat(guarded).isNotEmptyDirectory();
      children = process.children().toList();
    } finally {
      process.destroyForcibly();
    }

    assertThat(children).as("the guardian and the worker").hasSize(2);
    for (ProcessHandle child : children) {
      child.onExit().get(30, TimeUnit.SECONDS);
    }
    assertThat(guarded).doesNotExist();
  }

  @Test
  void whatIsGuardedIsGoneWhenTheGuardianIsClosed() throws Exception {
    Path guarded = Files.createDirectory(directory.resolve("guarded")).toRealPath();
    Files.writeString(guarded.resolve("file"), "something");
    Guardian.of(guarded).close();
    assertThat(guarded).doesNotExist();
    assertThat(directory).exists();
  }
}
