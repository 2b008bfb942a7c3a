package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in a small checkout whose Maven and Java only write down how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  private static final Path CHECKOUT = Path.of("").toAbsolutePath().getParent();

  @TempDir Path directory;
  private Path root;
  private Path home;

  private record Ended(int exit, String out, String err) {}

  @BeforeEach
  void makeCheckout() throws IOException {
    root = directory.resolve("a checkout");
    home = Files.createDirectories(directory.resolve("home"));
    copy("talkmill", "rwxr-xr-x");
    copy(".mvn/find-jdk.sh", "rw-r--r--");
    copy("worker/src/main/resources/help/talkmill.txt", "rw-r--r--");
    copy("worker/src/main/resources/help/key.txt", "rw-r--r--");
    write("pom.xml", "<project>\n  <version>1.2.3</version>\n</project>\n");
    write("worker/pom.xml", "<project/>");
    write("jobs/src/main/java/A.java", "class A {}");
    script(
        "mvnw",
        """
        echo build >>builds
        if [ -e hold ]; then
          while [ ! -e go ]; do sleep 0.1; done
        fi
        if [ -e broken ]; then echo '[ERROR] it is broken'; exit 1; fi
        mkdir -p worker/target/app/lib
        jar=worker/target/app/talkmill-worker.jar
        [ -e $jar ] || echo jar >$jar
        """);
    Path jdk = directory.resolve("jdk");
    Files.createDirectories(jdk);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    script("../jdk/bin/javac", "");
    script("../jdk/bin/java", "for arg; do printf '<%s>' \"$arg\"; done; pwd");
    setAge("pom.xml", 100);
    setAge("worker/pom.xml", 100);
    setAge("worker/src/main", 100);
    setAge("worker/src/main/resources", 100);
    setAge("worker/src/main/resources/help", 100);
    setAge("worker/src/main/resources/help/talkmill.txt", 100);
    setAge("worker/src/main/resources/help/key.txt", 100);
    setAge("jobs/src/main", 100);
    setAge("jobs/src/main/java", 100);
    setAge("jobs/src/main/java/A.java", 100);
  }

  private void copy(String file, String permissions) throws IOException {
    Path target = root.resolve(file);
    Files.createDirectories(target.getParent());
    Files.copy(CHECKOUT.resolve(file), target, StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(permissions));
  }

  private Path write(String file, String content) throws IOException {
    Path target = root.resolve(file).normalize();
    Files.createDirectories(target.getParent());
    return Files.writeString(target, content);
  }

  private void script(String file, String content) throws IOException {
    Path target = write(file, "#!/bin/sh\n" + content + "\n");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private void setAge(String file, long seconds) throws IOException {
    Files.setLastModifiedTime(
        root.resolve(file),
        FileTime.from(Instant.ofEpochMilli(System.currentTimeMillis()).minusSeconds(seconds)));
  }

  private Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(root.resolve("talkmill").toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.get("PATH");
    environment.clear();
    environment.put("PATH", directory.resolve("jdk/bin") + ":" + path);
    environment.put("HOME", home.toString());
    return builder.start();
  }

  private static Ended end(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes());
    String err = new String(process.getErrorStream().readAllBytes());
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Ended(process.exitValue(), out, err);
  }

  private Ended run(String... args) throws Exception {
    return end(start(args));
  }

  private int builds() throws IOException {
    Path builds = root.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  @Test
  void helpNeedsNeitherHomeNorJavaNorABuild() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(CHECKOUT.resolve("talkmill").toString(), "help")
            .directory(home.toFile());
    builder.environment().keySet().removeIf(name -> !name.equals("PATH"));
    builder.environment().put("HOME", home.toString());
    Ended ended = end(builder.start());
    assertThat(ended.exit()).isZero();
    assertThat(ended.out())
        .isEqualTo(
            Files.readString(CHECKOUT.resolve("worker/src/main/resources/help/talkmill.txt")));
    try (var left = Files.list(home)) {
      assertThat(left).isEmpty();
    }
    builder.environment().clear();
    builder.environment().put("PATH", "/usr/bin:/bin");
    assertThat(end(builder.start()).exit()).isZero();
  }

  @Test
  void theVersionIsThatOfTheProject() throws Exception {
    assertThat(run("--version").out()).isEqualTo("talkmill 1.2.3\n");
    assertThat(builds()).isZero();
  }

  @Test
  void theFirstStartBuildsAndTheSecondDoesNot() throws Exception {
    Ended first = run("serve");
    assertThat(first.exit()).isZero();
    assertThat(first.err()).isEqualTo("Building Talkmill (first time only; about a minute) ...\n");
    assertThat(run("serve").err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void argumentsReachJavaAsTheyAreInTheWorkingDirectoryOfTheUser() throws Exception {
    Ended ended = run("transcribe", "a  b.mp3", "*", "", "$HOME", "it's");
    assertThat(ended.out())
        .endsWith(
            ("<-jar><%s/worker/target/app/talkmill-worker.jar><transcribe>"
                    + "<a  b.mp3><*><><$HOME><it's>%s\n")
                .formatted(root.toRealPath(), home.toRealPath()));
    assertThat(ended.out()).contains("<-Dtalkmill.cli.tty.out=false>");
  }

  @Test
  void itIsFoundThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(home.resolve("mill"), Path.of("../a checkout/talkmill"));
    Process process =
        new ProcessBuilder(link.toString(), "--version").directory(root.toFile()).start();
    assertThat(end(process).out()).isEqualTo("talkmill 1.2.3\n");
  }

  @Test
  void aChangedSourceIsBuiltOnce() throws Exception {
    run("serve");
    write("jobs/src/main/java/A.java", "class A { int b; }");
    setAge("jobs/src/main/java/A.java", -5);
    Ended changed = run("serve");
    assertThat(changed.err())
        .isEqualTo("Building Talkmill (its sources have changed; about a minute) ...\n");
    setAge("jobs/src/main/java/A.java", 50);
    setAge("jobs/src/main/java", 50);
    run("serve");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aRemovedSourceIsBuiltToo() throws Exception {
    run("serve");
    Files.delete(root.resolve("jobs/src/main/java/A.java"));
    setAge("jobs/src/main/java", -5);
    run("serve");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatWasCutShortIsDoneAgain() throws Exception {
    run("serve");
    write("worker/target/app/.building", "");
    run("serve");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    write("hold", "");
    Process first = start("serve");
    BufferedReader firstErr = first.errorReader();
    assertThat(firstErr.readLine()).startsWith("Building Talkmill");
    Process second = start("serve");
    BufferedReader secondErr = second.errorReader();
    assertThat(secondErr.readLine()).startsWith("Another build of Talkmill is running");
    write("go", "");
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(List.of(first.exitValue(), second.exitValue())).containsExactly(0, 0);
    assertThat(builds()).isEqualTo(1);
    assertThat(root.resolve("target/.build.lock")).doesNotExist();
  }

  @Test
  void aLockOfAProcessThatIsGoneIsTakenOver() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    write("target/.build.lock/pid", gone.pid() + "\n");
    write("target/.build.lock/host", hostName() + "\n");
    assertThat(run("serve").exit()).isZero();
    assertThat(builds()).isEqualTo(1);
    assertThat(root.resolve("target/.build.lock")).doesNotExist();
  }

  private static String hostName() throws IOException {
    return new String(new ProcessBuilder("uname", "-n").start().getInputStream().readAllBytes())
        .strip();
  }

  @Test
  void aFailedBuildShowsTheEndOfItsLogAndWhereItIs() throws Exception {
    write("broken", "");
    Ended ended = run("serve");
    assertThat(ended.exit()).isEqualTo(3);
    assertThat(ended.err())
        .contains(
            "talkmill: the build failed. The end of its log:\n  [ERROR] it is broken\n",
            "the whole log is " + root.toRealPath() + "/target/talkmill-build.log");
    assertThat(root.resolve("target/.build.lock")).doesNotExist();
    Files.delete(root.resolve("broken"));
    assertThat(run("serve").exit()).isZero();
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatIsInterruptedLeavesNoLock() throws Exception {
    write("hold", "");
    Process first = start("serve");
    assertThat(first.errorReader().readLine()).startsWith("Building Talkmill");
    first.destroy();
    assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(first.exitValue()).isEqualTo(143);
    assertThat(root.resolve("target/.build.lock")).doesNotExist();
    Files.delete(root.resolve("hold"));
    assertThat(run("serve").exit()).isZero();
  }

  @Test
  void whatRunsKeepsTheJarThatItOpened() throws Exception {
    run("serve");
    Path jar = root.resolve("worker/target/app/talkmill-worker.jar");
    Object before = Files.getAttribute(jar, "unix:ino");
    write("jobs/src/main/java/A.java", "class A { int c; }");
    setAge("jobs/src/main/java/A.java", -5);
    run("serve");
    assertThat(Files.getAttribute(jar, "unix:ino")).isNotEqualTo(before);
  }
}
