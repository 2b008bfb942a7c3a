package dev.talkmill.worker.audio;

import dev.talkmill.worker.audio.child.DecoderMain;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Loader;

/** Finds the few archives that the child needs among all that the worker runs on. */
final class ChildClassPath {

  private ChildClassPath() {}

  /**
   * The class path.
   *
   * @param scratch where the child's own classes are kept, when the worker runs from an archive
   */
  static String of(Path scratch) throws IOException {
    Set<String> entries = new LinkedHashSet<>();
    entries.add(ownClasses(scratch).toString());
    String platform = Loader.Detector.getPlatform();
    entries.add(locationOf(Loader.class).toString());
    entries.add(archiveOf("org/bytedeco/javacpp/" + platform + "/").toString());
    entries.add(locationOf(avutil.class).toString());
    entries.add(archiveOf("org/bytedeco/ffmpeg/" + platform + "/").toString());
    return String.join(File.pathSeparator, entries);
  }

  private static Path locationOf(Class<?> type) throws IOException {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new IOException(type.getName() + " comes from no file");
    }
    return path(source.getLocation());
  }

  private static Path archiveOf(String directory) throws IOException {
    URL found = ChildClassPath.class.getClassLoader().getResource(directory);
    if (found != null && found.openConnection() instanceof JarURLConnection archive) {
      return path(archive.getJarFileURL());
    }
    throw new IOException(
        "the codec library for this platform is missing: nothing holds " + directory);
  }

  private static Path path(URL file) throws IOException {
    try {
      return Path.of(file.toURI());
    } catch (URISyntaxException e) {
      throw new IOException("not a file: " + file, e);
    }
  }

  /**
   * The directory with the worker's classes; or, when they are in an archive, a copy of the child's
   * alone. The worker's archive names a hundred libraries in its manifest, which every search for a
   * class would open.
   */
  private static Path ownClasses(Path scratch) throws IOException {
    Path location = locationOf(DecoderMain.class);
    if (Files.isDirectory(location)) {
      return location;
    }
    byte[] copy = childClasses(location);
    CRC32 sum = new CRC32();
    sum.update(copy);
    Path archive = scratch.resolve("decoder-" + Long.toHexString(sum.getValue()) + ".jar");
    if (!Files.exists(archive) || Files.size(archive) != copy.length) {
      Path temporary = scratch.resolve("decoder-" + UUID.randomUUID() + ".tmp");
      Files.write(temporary, copy);
      Files.move(temporary, archive, StandardCopyOption.ATOMIC_MOVE);
    }
    return archive;
  }

  private static byte[] childClasses(Path location) throws IOException {
    String prefix = DecoderMain.class.getPackageName().replace('.', '/') + "/";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JarFile from = new JarFile(location.toFile());
        ZipOutputStream to = new ZipOutputStream(bytes)) {
      List<JarEntry> entries = Collections.list(from.entries());
      for (JarEntry entry : entries) {
        if (entry.getName().startsWith(prefix) && !entry.isDirectory()) {
          ZipEntry copied = new ZipEntry(entry.getName());
          copied.setTime(entry.getTime());
          to.putNextEntry(copied);
          try (InputStream in = from.getInputStream(entry)) {
            in.transferTo(to);
          }
        }
      }
    }
    return bytes.toByteArray();
  }
}
