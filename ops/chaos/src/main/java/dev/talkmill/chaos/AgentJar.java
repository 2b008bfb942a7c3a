package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.ChaosAgent;
import dev.talkmill.chaos.agent.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Writes the agent's classes, and nothing else of the suite, to a jar that Java takes as agent. */
final class AgentJar {

  private AgentJar() {}

  /** Returns {@code file}. */
  static Path write(Path file) {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", ChaosAgent.class.getName());
    attributes.putValue("Can-Retransform-Classes", "true");
    return write(file, manifest, _ -> true);
  }

  /** What classes of Java itself are to see, and nothing else; returns {@code file}. */
  static Path writeClock(Path file) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    return write(file, manifest, type -> type.startsWith(WallClock.class.getSimpleName()));
  }

  private static Path write(Path file, Manifest manifest, Predicate<String> wanted) {
    String folder = ChaosAgent.class.getPackageName().replace('.', '/') + "/";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest);
        Stream<Path> types = Files.list(Path.of(classes()).resolve(folder))) {
      for (Path type : types.sorted().toList()) {
        String name = type.getFileName().toString();
        if (wanted.test(name)) {
          jar.putNextEntry(new JarEntry(folder + name));
          Files.copy(type, jar);
          jar.closeEntry();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** The suite runs from its folder of classes. */
  private static URI classes() {
    try {
      return ChaosAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
