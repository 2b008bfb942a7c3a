package dev.talkmill.worker.http;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.jobs.intake.PresignedUploads;
import dev.talkmill.jobs.intake.PresignedUploads.Announced;
import dev.talkmill.jobs.intake.PresignedUploads.Begun;
import dev.talkmill.jobs.intake.PresignedUploads.Confirmed;
import dev.talkmill.jobs.tenant.Scope;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Large files, which go past this process into the object store. */
@RestController
final class UploadDoor {

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\\s*;.*)?");
  private static final int MEDIA_TYPE_CHARS_MAX = 100;

  private final PresignedUploads uploads;
  private final RateLimits limits;
  private final IntakeSettings settings;

  UploadDoor(PresignedUploads uploads, RateLimits limits, IntakeSettings settings) {
    this.uploads = uploads;
    this.limits = limits;
    this.settings = settings;
  }

  /** A file that will be uploaded. */
  record NewUpload(
      @Nullable Long bytes,
      @Nullable String mediaType,
      @Nullable Long sequence,
      @Nullable String recordedAt) {}

  /** Where its bytes go: each part is PUT to its URL, in any order, also side by side. */
  record UploadView(UUID id, Instant expiresAt, List<PartView> parts) {}

  record PartView(int number, URI url, long firstByte, long bytes) {}

  @Requires(Scope.UPLOAD)
  @PostMapping("/v1/conversations/{id}/uploads")
  ResponseEntity<UploadView> begin(
      Caller caller,
      @PathVariable UUID id,
      @JsonBody NewUpload body,
      HttpServletResponse response) {
    Announced file = announced(caller.tenant(), id, body);
    RateHeaders.take(limits, caller.tenant(), id, response);
    Begun begun =
        uploads
            .begin(file)
            .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id));
    return ResponseEntity.status(HttpServletResponse.SC_CREATED).body(view(begun));
  }

  @Requires(Scope.UPLOAD)
  @PostMapping("/v1/uploads/{id}/complete")
  ResponseEntity<ChunkView> complete(Caller caller, @PathVariable UUID id, @JsonBody Nothing body) {
    return switch (uploads.complete(caller.tenant(), id)) {
      case Confirmed.Taken taken -> ResponseEntity.accepted().body(ChunkView.of(taken.chunk()));
      case Confirmed.Unknown _ -> throw ProblemException.unknown(ProblemCode.UNKNOWN_UPLOAD, id);
      case Confirmed.Expired _ ->
          throw new ProblemException(
              ProblemCode.UPLOAD_EXPIRED,
              "The upload was not completed before its expires_at, and its parts are removed. Begin"
                  + " a new one.");
      case Confirmed.Incomplete part ->
          throw new ProblemException(
              ProblemCode.UPLOAD_INCOMPLETE,
              "The object store holds %d of %d bytes. Upload every part with exactly its bytes and"
                      .formatted(part.stored(), part.announced())
                  + " complete again; where some bytes are held already, begin a new upload.");
    };
  }

  private Announced announced(UUID tenant, UUID conversation, NewUpload body) {
    Long bytes = body.bytes();
    if (bytes == null || bytes < 1) {
      throw Fields.invalid("bytes", "is required: the file's exact length, 1 or more");
    }
    if (bytes > settings.uploadBytesMax().toBytes()) {
      throw new ProblemException(
          ProblemCode.UPLOAD_TOO_LARGE,
          "A file may have at most %d bytes here. Cut the recording and upload its parts."
              .formatted(settings.uploadBytesMax().toBytes()));
    }
    Long sequence = body.sequence();
    if (sequence != null && sequence < 0) {
      throw Fields.invalid("sequence", "must be 0 or more");
    }
    String mediaType =
        Fields.matching(
            "media_type",
            body.mediaType(),
            MEDIA_TYPE_CHARS_MAX,
            MEDIA_TYPE,
            "a media type such as audio/mp4");
    return new Announced(
        tenant,
        conversation,
        bytes,
        mediaType == null ? "application/octet-stream" : mediaType,
        sequence,
        recordedAt(body.recordedAt()));
  }

  private static @Nullable Instant recordedAt(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Instant time = ChunkHeaders.time(text);
    if (time == null) {
      throw Fields.invalid("recorded_at", "must be a time such as 2026-11-20T09:30:00Z");
    }
    return time;
  }

  private static UploadView view(Begun begun) {
    return new UploadView(
        begun.id(),
        begun.expiresAt(),
        begun.parts().stream()
            .map(part -> new PartView(part.number(), part.url(), part.firstByte(), part.bytes()))
            .toList());
  }
}
