package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.CrashAgent;
import dev.talkmill.chaos.agent.CrashPoint;
import dev.talkmill.chaos.agent.Defect;
import dev.talkmill.chaos.agent.Trap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Writes the agent's classes, and nothing else of the suite, to a jar that Java takes as agent. */
final class AgentJar {

  private AgentJar() {}

  /** Returns {@code file}. */
  static Path write(Path file) {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Premain-Class", CrashAgent.class.getName());
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      add(jar, Trap.class);
      add(jar, CrashPoint.class);
      for (Class<?> inner : CrashPoint.class.getDeclaredClasses()) {
        add(jar, inner);
      }
      add(jar, Defect.class);
      addIfThere(jar, CrashAgent.class.getPackageName() + ".DefectAgent");
      add(jar, CrashAgent.class);
      for (Class<?> inner : CrashAgent.class.getDeclaredClasses()) {
        add(jar, inner);
      }
      // The compiler's own table for the switch over an enum of another class.
      addIfThere(jar, CrashAgent.class.getName() + "$1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private static void add(JarOutputStream jar, Class<?> type) throws IOException {
    if (!addIfThere(jar, type.getName())) {
      throw new IllegalStateException(type + " is not on the class path");
    }
  }

  private static boolean addIfThere(JarOutputStream jar, String name) throws IOException {
    String path = name.replace('.', '/') + ".class";
    try (InputStream in = AgentJar.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        return false;
      }
      jar.putNextEntry(new JarEntry(path));
      in.transferTo(jar);
      jar.closeEntry();
      return true;
    }
  }
}
