package dev.talkmill.worker.http;

import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.ConversationView;
import dev.talkmill.jobs.read.SegmentReads;
import dev.talkmill.jobs.read.TranscriptReads;
import dev.talkmill.jobs.read.TranscriptReads.Read;
import dev.talkmill.jobs.read.TranscriptView;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.export.Markdown;
import dev.talkmill.pipeline.export.PlainText;
import dev.talkmill.pipeline.export.SubRip;
import dev.talkmill.pipeline.export.WebVtt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Transcripts in five forms, and their segments by the page. */
@RestController
final class TranscriptDoor {

  private final TranscriptReads transcripts;
  private final SegmentReads segments;
  private final ConversationReads conversations;

  TranscriptDoor(
      TranscriptReads transcripts, SegmentReads segments, ConversationReads conversations) {
    this.transcripts = transcripts;
    this.segments = segments;
    this.conversations = conversations;
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}/transcript")
  ResponseEntity<byte[]> transcript(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String format,
      @RequestParam(required = false) @Nullable String version) {
    TranscriptFormat form = TranscriptFormat.of(format);
    Long number = number(version);
    TranscriptView transcript =
        found(
            id,
            number == null
                ? transcripts.newest(caller.tenant(), id)
                : transcripts.version(caller.tenant(), id, number));
    return ResponseEntity.ok()
        .header("Content-Type", form.mediaType())
        .body(rendered(caller.tenant(), transcript, form));
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}/segments")
  Page<Segment> segments(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String version,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    // A cursor stays with the version that it was made for, whatever becomes current meanwhile.
    Place place =
        cursor == null
            ? new Place(version(caller.tenant(), id, number(version)), -1)
            : Page.after(cursor, Place::parse);
    version(caller.tenant(), id, place.version());
    List<Segment> found =
        segments.page(caller.tenant(), id, place.version(), place.ordinal(), rows + 1);
    int last = place.ordinal() + Math.min(found.size(), rows);
    return Page.of(found, rows, any -> new Place(place.version(), last), segment -> segment);
  }

  private record Place(long version, int ordinal) {

    @Override
    public String toString() {
      return version + ":" + ordinal;
    }

    static Place parse(String text) {
      int colon = Math.max(text.indexOf(':'), 0);
      return new Place(
          Long.parseLong(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }
  }

  private long version(UUID tenant, UUID id, @Nullable Long wanted) {
    Optional<Long> version = segments.version(tenant, id, wanted);
    if (version.isPresent()) {
      return version.get();
    }
    if (!conversations.exists(tenant, id)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    throw wanted == null ? notReady() : unknownVersion();
  }

  private static @Nullable Long number(@Nullable String version) {
    if (version == null) {
      return null;
    }
    try {
      long number = Long.parseLong(version);
      if (number >= 1) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal.
    }
    throw new ProblemException(
        ProblemCode.INVALID_PARAMETER, "\"version\" must be a whole number from 1 on.");
  }

  private static TranscriptView found(UUID id, Read read) {
    return switch (read) {
      case Read.Found found -> found.transcript();
      case Read.UnknownConversation _ ->
          throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
      case Read.UnknownVersion _ -> throw unknownVersion();
      case Read.NotReady _ -> throw notReady();
    };
  }

  private byte[] rendered(UUID tenant, TranscriptView transcript, TranscriptFormat form) {
    return switch (form) {
      case JSON -> DoorJson.write(transcript);
      case TXT -> bytes(PlainText.render(transcript.segments()));
      case SRT -> bytes(SubRip.render(transcript.segments()));
      case VTT -> bytes(WebVtt.render(transcript.segments()));
      case MD -> bytes(markdown(tenant, transcript));
    };
  }

  private String markdown(UUID tenant, TranscriptView transcript) {
    Optional<ConversationView> conversation =
        conversations.find(tenant, transcript.conversationId());
    return Markdown.render(
        conversation.map(ConversationView::title).orElse(null),
        conversation.map(ConversationView::summary).orElse(null),
        transcript.segments(),
        transcript.gaps());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ProblemException notReady() {
    return new ProblemException(
        ProblemCode.TRANSCRIPT_NOT_READY,
        "Nothing of this conversation has been transcribed yet. Ask again later, or follow its"
            + " events.");
  }

  private static ProblemException unknownVersion() {
    return new ProblemException(
        ProblemCode.UNKNOWN_VERSION,
        "The conversation has no transcript of this version. Leave \"version\" out for the"
            + " newest.");
  }
}
