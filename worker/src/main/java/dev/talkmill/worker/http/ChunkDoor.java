package dev.talkmill.worker.http;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.Intake;
import dev.talkmill.jobs.intake.NewChunk;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.intake.SpoolBudget;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.chunk.ChunkSource;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.util.UUID;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Chunks: their bytes go to a scratch file first and then, in one short commit, to the spool. */
@RestController
final class ChunkDoor {

  /** No character set that is used needs more for one UTF-16 unit. */
  private static final int BYTES_PER_CHAR_MAX = 4;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final Intake intake;
  private final SpoolBudget spool;
  private final Erasing erasing;
  private final ScratchFolder scratch;
  private final RateLimits limits;
  private final IntakeSettings settings;

  ChunkDoor(
      Intake intake,
      SpoolBudget spool,
      Erasing erasing,
      ScratchFolder scratch,
      RateLimits limits,
      IntakeSettings settings) {
    this.intake = intake;
    this.spool = spool;
    this.erasing = erasing;
    this.scratch = scratch;
    this.limits = limits;
    this.settings = settings;
  }

  @Requires(Scope.UPLOAD)
  @PostMapping("/v1/conversations/{id}/chunks")
  ResponseEntity<ChunkView> accept(
      Caller caller,
      @PathVariable UUID id,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    RateHeaders.take(limits, caller.tenant(), id, response);
    boolean counts = false;
    try {
      ChunkHeaders headers = ChunkHeaders.of(request);
      Accepted accepted = receive(caller.tenant(), id, headers, request);
      counts = accepted instanceof Accepted.Taken taken && !taken.repeated();
      return answer(id, accepted);
    } finally {
      if (!counts) {
        limits.giveBack(caller.tenant(), id);
      }
    }
  }

  /** Erases a chunk; everything derived is made again without it. */
  @Requires(Scope.ADMIN)
  @DeleteMapping("/v1/conversations/{id}/chunks/{chunkId}")
  ResponseEntity<ErasureView> erase(
      Caller caller, @PathVariable UUID id, @PathVariable UUID chunkId) {
    if (!erasing.eraseChunk(caller.tenant(), id, chunkId, caller.actor())) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CHUNK, chunkId);
    }
    return ResponseEntity.accepted().body(ErasureView.of(chunkId));
  }

  private Accepted receive(
      UUID tenant, UUID conversation, ChunkHeaders headers, HttpServletRequest request)
      throws IOException {
    long bytesMax =
        headers.text()
            ? (long) settings.textCharsMax() * BYTES_PER_CHAR_MAX
            : settings.chunkBytesMax().toBytes();
    if (request.getContentLengthLong() > bytesMax) {
      throw tooLarge(conversation, headers);
    }
    try (ScratchBody body =
        scratch.receive(
            request.getInputStream(), bytesMax, () -> tooLarge(conversation, headers))) {
      if (body.bytes() == 0) {
        throw emptyBody();
      }
      return headers.text()
          ? acceptText(tenant, conversation, headers, body)
          : acceptAudio(tenant, conversation, headers, body);
    }
  }

  private Accepted acceptAudio(
      UUID tenant, UUID conversation, ChunkHeaders headers, ScratchBody body) throws IOException {
    spool.refresh();
    try (InputStream bytes = Files.newInputStream(body.file())) {
      return intake.accept(
          new NewChunk(
              tenant,
              conversation,
              ChunkSource.PORTAL_AUDIO,
              headers.sequence(),
              headers.recordedAt(),
              headers.mediaType(),
              body.bytes(),
              body.sha256(),
              () -> bytes,
              headers.idempotencyKey()));
    }
  }

  private Accepted acceptText(
      UUID tenant, UUID conversation, ChunkHeaders headers, ScratchBody body) throws IOException {
    String text = decode(Files.readAllBytes(body.file()), headers.charset());
    if (text.length() > settings.textCharsMax()) {
      throw tooLarge(conversation, headers);
    }
    String clean = Texts.clean(text);
    if (clean.isBlank()) {
      throw emptyBody();
    }
    return intake.accept(
        new NewText(
            tenant,
            conversation,
            headers.sequence(),
            headers.recordedAt(),
            clean,
            body.sha256(),
            headers.idempotencyKey()));
  }

  private static String decode(byte[] bytes, Charset charset) {
    try {
      String text =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new ProblemException(
          ProblemCode.INVALID_TEXT,
          "The body is not text in %s. Name its character set in the Content-Type header, or send"
                  .formatted(charset.name())
              + " it in UTF-8.");
    }
  }

  private static ResponseEntity<ChunkView> answer(UUID conversation, Accepted accepted) {
    return switch (accepted) {
      case Accepted.Taken taken -> ResponseEntity.accepted().body(ChunkView.of(taken.chunk()));
      case Accepted.UnknownConversation _ ->
          throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, conversation);
      case Accepted.KeyReused _ ->
          throw new ProblemException(
              ProblemCode.IDEMPOTENCY_KEY_REUSED,
              "This Idempotency-Key was used with another body in the last 24 hours, so this body"
                  + " was not taken. Use a new key for every chunk.");
      case Accepted.SpoolFull full ->
          throw new ProblemException(
              ProblemCode.SPOOL_FULL,
              "Too many chunks wait for the object store, so this one was not taken. Keep it and"
                  + " send it again after the time in Retry-After.",
              full.retryAfter());
    };
  }

  private static ProblemException emptyBody() {
    return new ProblemException(
        ProblemCode.EMPTY_BODY,
        "The chunk holds nothing, so nothing was kept. Send the recording's bytes, or text.");
  }

  private ProblemException tooLarge(UUID conversation, ChunkHeaders headers) {
    if (headers.text()) {
      return new ProblemException(
          ProblemCode.TEXT_TOO_LONG,
          "A text may have at most %d characters. Send it as several chunks."
              .formatted(settings.textCharsMax()));
    }
    return new ProblemException(
        ProblemCode.CHUNK_TOO_LARGE,
        "A chunk may have at most %d bytes here. Larger files go by POST"
                .formatted(settings.chunkBytesMax().toBytes())
            + " /v1/conversations/%s/uploads.".formatted(conversation));
  }
}
