package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.http.PlayableAudio.Answer;
import dev.talkmill.worker.http.PlayableAudio.Answer.Ready;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** The playable file of a conversation, whole or in part, so that players can seek. */
@RestController
final class AudioDoor {

  /**
   * Read from the store at a time. Between two reads no connection to the store is held, however
   * slowly a client listens.
   */
  private static final int WINDOW_BYTES = 1 << 20;

  private final PlayableAudio audio;
  private final ObjectStore store;

  AudioDoor(PlayableAudio audio, ObjectStore store) {
    this.audio = audio;
    this.store = store;
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}/audio")
  void play(
      Caller caller,
      @PathVariable UUID id,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Ready file = ready(id, audio.of(caller.tenant(), id));
    String tag = tag(file);
    String ifRange = request.getHeader("If-Range");
    response.setHeader("Accept-Ranges", "bytes");
    response.setHeader("ETag", tag);
    Optional<ByteRange> part;
    try {
      boolean changed = ifRange != null && !ifRange.equals(tag);
      part = changed ? Optional.empty() : ByteRange.of(request.getHeader("Range"), file.bytes());
    } catch (ProblemException e) {
      response.setHeader("Content-Range", "bytes */" + file.bytes());
      throw e;
    }
    ByteRange range = part.orElse(new ByteRange(0, file.bytes() - 1));
    byte[] window = request.getMethod().equals("HEAD") ? new byte[0] : read(file, range);
    if (part.isPresent()) {
      response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
      response.setHeader(
          "Content-Range", "bytes %d-%d/%d".formatted(range.first(), range.last(), file.bytes()));
    }
    response.setContentType(file.mediaType());
    response.setContentLengthLong(range.bytes());
    if (window.length > 0) {
      send(file, range, window, response.getOutputStream());
    }
  }

  private static Ready ready(UUID id, Answer answer) {
    return switch (answer) {
      case Ready ready -> ready;
      case Answer.NoAudio _ ->
          throw new ProblemException(
              ProblemCode.NO_AUDIO, "No audio that can be played was received for it.");
      case Answer.Withheld _ ->
          throw new ProblemException(
              ProblemCode.AUDIO_WITHHELD,
              "The conversation is anonymised, so nobody's voice is handed out. Its transcript can"
                  + " be read.");
      case Answer.NotReady wait ->
          throw new ProblemException(
              ProblemCode.AUDIO_NOT_READY,
              "The audio is still being received or joined. Ask again after the time in"
                  + " Retry-After.",
              wait.retryAfter());
      case Answer.UnknownConversation _ ->
          throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    };
  }

  private void send(Ready file, ByteRange range, byte[] begin, OutputStream out)
      throws IOException {
    out.write(begin);
    long next = range.first() + begin.length;
    while (next <= range.last()) {
      byte[] window;
      try {
        window = read(file, new ByteRange(next, range.last()));
      } catch (FailureException e) {
        // The answer has begun; breaking the connection tells the client that it is not whole.
        throw new IOException("the object store failed in the middle of an answer", e);
      }
      out.write(window);
      next += window.length;
    }
  }

  /** The first window of a range. */
  private byte[] read(Ready file, ByteRange range) throws IOException {
    int bytes = (int) Math.min(WINDOW_BYTES, range.bytes());
    try (InputStream in = store.open(file.key(), range.first(), range.first() + bytes - 1)) {
      byte[] window = in.readNBytes(bytes);
      if (window.length < bytes) {
        throw new IOException("the object is shorter than it was said to be");
      }
      return window;
    }
  }

  private static String tag(Ready file) {
    String name = file.key() + ":" + file.bytes();
    return "\"" + UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)) + "\"";
  }
}
