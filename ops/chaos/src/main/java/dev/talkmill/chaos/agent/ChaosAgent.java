package dev.talkmill.chaos.agent;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * Java agent of the workers that are to suffer; the application is the packaged one, byte for byte.
 *
 * <ul>
 *   <li>{@code -javaagent:JAR=crash,POINT,PASSES}: the process halts when it passes a {@link
 *       CrashPoint} for the PASSES-th time.
 *   <li>{@code -javaagent:JAR=defect,NAME}: it has a {@link Defect}.
 *   <li>{@code -javaagent:JAR=clock,FILE,BOOT}: its wall clock is ahead by the milliseconds that a
 *       file says; {@link WallClock} is in a jar of its own, for the boot class path.
 * </ul>
 */
public final class ChaosAgent {

  private static final Pattern COMMA = Pattern.compile(",");

  private ChaosAgent() {}

  /** Called by Java before {@code main}. */
  public static void premain(String options, Instrumentation instrumentation) throws Exception {
    List<String> words = COMMA.splitAsStream(options).toList();
    switch (words.getFirst()) {
      case "crash" -> {
        CrashPoint point = CrashPoint.valueOf(words.get(1));
        Trap.arm(point, Long.parseLong(words.get(2)));
        instrumentation.addTransformer(new CrashWeaver(point));
      }
      case "defect" ->
          instrumentation.addTransformer(new DefectWeaver(Defect.valueOf(words.get(1))));
      case "clock" -> {
        // Classes of Java itself call it, and see nothing but the boot class path.
        instrumentation.appendToBootstrapClassLoaderSearch(new JarFile(words.get(2)));
        ClockWeaver.weave(instrumentation, Path.of(words.get(1)));
      }
      default -> throw new IllegalArgumentException("not an option of this agent: " + options);
    }
  }
}
