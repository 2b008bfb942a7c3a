package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.ChaosAgent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    String folder = ChaosAgent.class.getPackageName().replace('.', '/') + "/";
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      for (Path type : types(folder)) {
        jar.putNextEntry(new JarEntry(folder + type.getFileName()));
        Files.copy(type, jar);
        jar.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** The suite runs from its folder of classes. */
  private static List<Path> types(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(classes()).resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".class")).sorted().toList();
    }
  }

  private static URI classes() {
    try {
      return ChaosAgent.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
