package dev.talkmill.worker.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * A file that can be sent.
 *
 * @param name as it was typed
 * @param bytes size when it was looked at
 */
record Recording(Path path, String name, long bytes, String mediaType) {

  /** The door looks at the content; the type tells sound from text and helps readers of logs. */
  private static final Map<String, String> MEDIA_TYPES =
      Map.ofEntries(
          Map.entry("webm", "audio/webm"),
          Map.entry("ogg", "audio/ogg"),
          Map.entry("oga", "audio/ogg"),
          Map.entry("opus", "audio/ogg"),
          Map.entry("mp3", "audio/mpeg"),
          Map.entry("m4a", "audio/mp4"),
          Map.entry("mp4", "audio/mp4"),
          Map.entry("wav", "audio/wav"),
          Map.entry("flac", "audio/flac"),
          Map.entry("txt", "text/plain; charset=utf-8"));

  /**
   * Looks at a file.
   *
   * @throws CommandFailure if it cannot be sent, with what to do about it
   */
  static Recording of(Path directory, String name) {
    Path path = Arguments.path(directory, name);
    if (Files.isDirectory(path)) {
      throw CommandFailure.usage(
          name + " is a directory. Name the recordings in it, for example " + name + "/*.mp3");
    }
    if (!Files.exists(path)) {
      throw CommandFailure.usage(
          name + " does not exist" + (path.isAbsolute() ? "" : " here") + ". Check the name.");
    }
    if (!Files.isRegularFile(path)) {
      throw CommandFailure.usage(name + " is not a file. Save the recording to one first.");
    }
    try (InputStream in = Files.newInputStream(path)) {
      if (in.read() < 0) {
        throw CommandFailure.usage(
            name + " is empty (0 bytes), so there is nothing to transcribe. Was it fully saved?");
      }
      return new Recording(path, name, Files.size(path), mediaType(name));
    } catch (IOException unreadable) {
      throw CommandFailure.usage(
          name
              + " cannot be read: "
              + (unreadable instanceof AccessDeniedException
                  ? "you have no permission. Allow it with chmod, or copy the file."
                  : unreadable.getMessage()));
    }
  }

  private static String mediaType(String name) {
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return MEDIA_TYPES.getOrDefault(ending, "application/octet-stream");
  }

  boolean isText() {
    return mediaType.startsWith("text/");
  }

  /** The file's name without folders and without its ending. */
  String stem() {
    String file = String.valueOf(path.getFileName());
    int dot = file.lastIndexOf('.');
    return dot < 1 ? file : file.substring(0, dot);
  }
}
