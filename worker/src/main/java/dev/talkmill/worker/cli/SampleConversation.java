package dev.talkmill.worker.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * The bundled conversation.
 *
 * @param chunks in the order in which they are sent
 */
record SampleConversation(String name, String participant, String language, List<Chunk> chunks) {

  /** Its folder on the class path. */
  static final String BUNDLED = "demo";

  SampleConversation {
    chunks = List.copyOf(chunks);
  }

  /**
   * A piece of it.
   *
   * @param resource its place on the class path
   */
  record Chunk(String mediaType, String resource) {

    byte[] bytes() {
      return read(resource);
    }
  }

  /** Reads {@code sample.properties} of a folder and the files {@code chunk.<n>.file} it names. */
  static SampleConversation load(String folder) {
    Properties list = new Properties();
    byte[] text = read(folder + "/sample.properties");
    try (var reader =
        new InputStreamReader(new ByteArrayInputStream(text), StandardCharsets.UTF_8)) {
      list.load(reader);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    List<Chunk> chunks = new ArrayList<>();
    for (int number = 1; list.containsKey("chunk." + number + ".file"); number++) {
      String prefix = "chunk." + number;
      String type = list.getProperty(prefix + ".type", "application/octet-stream");
      chunks.add(new Chunk(type, folder + "/" + list.getProperty(prefix + ".file")));
    }
    if (chunks.isEmpty()) {
      throw new IllegalStateException(folder + "/sample.properties lists no chunk.1.file");
    }
    return new SampleConversation(
        list.getProperty("name", "Talkmill demo"),
        list.getProperty("participant", "Sample speakers"),
        list.getProperty("language", "en"),
        chunks);
  }

  private static byte[] read(String name) {
    try (InputStream in = SampleConversation.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from this build");
      }
      return in.readAllBytes();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
