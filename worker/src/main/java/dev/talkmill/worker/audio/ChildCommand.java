package dev.talkmill.worker.audio;

import dev.talkmill.config.AudioSettings;
import dev.talkmill.worker.audio.child.DecoderMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The command line of the child: this Java, its limits, and the few classes that it needs. */
final class ChildCommand {

  /** Measured: a recording of 26 h needs 25 MB, most of it the levels. */
  private static final String HEAP = "-Xmx48m";

  /** Address space. Measured: 1.25 GB at work, nearly all of it reserved and never touched. */
  private static final long ADDRESS_BYTES_MAX = 2L << 30;

  /** The codec libraries are unpacked by the first child: the largest has 36 MB. */
  private static final long FILE_BYTES_MIN = 128L << 20;

  private static final int OPEN_FILES_MAX = 128;

  /** 16 kHz mono 16-bit, the larger of the two outputs. */
  private static final int OUTPUT_BYTES_PER_SECOND = 32_000;

  private final Path scratch;
  private final AudioSettings settings;
  private final String classPath;
  private final Optional<Path> prlimit = onPath("prlimit");

  ChildCommand(Path scratch, AudioSettings settings) throws IOException {
    this.scratch = scratch;
    this.settings = settings;
    this.classPath = ChildClassPath.of(scratch);
  }

  List<String> line(String mode, Path directory) {
    List<String> line = new ArrayList<>();
    prlimit.ifPresent(program -> limits(program, line));
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add(HEAP);
    line.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=16m",
            "-XX:CompressedClassSpaceSize=16m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:+DisableAttachMechanism",
            "-XX:-UsePerfData",
            "-XX:ErrorFile=" + directory.resolve("crash.log"),
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED"));
    line.add("-Djava.io.tmpdir=" + directory);
    line.add("-Dorg.bytedeco.javacpp.cachedir=" + scratch.resolve("natives"));
    // All native memory is freed by hand and limited from outside, not by the size of the heap.
    line.add("-Dorg.bytedeco.javacpp.nopointergc=true");
    line.add("-Dorg.bytedeco.javacpp.maxbytes=0");
    line.add("-Dorg.bytedeco.javacpp.maxphysicalbytes=0");
    line.addAll(List.of("-cp", classPath, DecoderMain.class.getName(), mode));
    line.add(String.format(Locale.ROOT, "%.3f", settings.lengthMax().toMillis() / 1_000.0));
    return line;
  }

  private void limits(Path program, List<String> line) {
    long lengthSeconds = settings.lengthMax().toSeconds() + 1;
    long cpuSeconds = settings.decodeTimeoutBase().toSeconds() + 1 + lengthSeconds / 10;
    long fileBytes = Math.max(FILE_BYTES_MIN, lengthSeconds * OUTPUT_BYTES_PER_SECOND + 44);
    line.addAll(
        List.of(
            program.toString(),
            "--as=" + ADDRESS_BYTES_MAX,
            "--cpu=" + cpuSeconds,
            "--fsize=" + fileBytes,
            "--nofile=" + OPEN_FILES_MAX,
            "--core=0",
            "--"));
  }

  private static Optional<Path> onPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(Pattern.quote(File.pathSeparator))
        .splitAsStream(path)
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(file -> file.isAbsolute() && Files.isExecutable(file))
        .findFirst();
  }
}
