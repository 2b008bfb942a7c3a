package dev.talkmill.worker.http;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.intake.NewConversation;
import dev.talkmill.jobs.intake.OpenConversation;
import dev.talkmill.jobs.intake.Steering;
import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.ConversationView;
import dev.talkmill.jobs.tenant.Projects;
import dev.talkmill.jobs.tenant.Scope;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Conversations from their opening to their erasure. */
@RestController
final class ConversationDoor {

  private static final int PARTICIPANT_CHARS_MAX = 200;
  private static final int SOURCE_CHARS_MAX = 40;
  private static final Pattern SOURCE = Pattern.compile("[A-Za-z0-9_-]+");
  private static final int TAGS_MAX = 50;
  private static final int TAG_CHARS_MAX = 100;
  private static final int EXPECTED_CHUNKS_MAX = 1_000_000;

  private final Projects projects;
  private final OpenConversation opening;
  private final ConversationReads reads;
  private final Steering steering;
  private final Erasing erasing;
  private final Links links;

  ConversationDoor(
      Projects projects,
      OpenConversation opening,
      ConversationReads reads,
      Steering steering,
      Erasing erasing,
      Links links) {
    this.projects = projects;
    this.opening = opening;
    this.reads = reads;
    this.steering = steering;
    this.erasing = erasing;
    this.links = links;
  }

  record ConversationBody(
      @Nullable String participantName,
      @Nullable String source,
      @Nullable List<@Nullable String> tags) {}

  /** How many chunks there will be in all, where the recorder knows. */
  record Finish(@Nullable Integer expectedChunks) {}

  @Requires(Scope.UPLOAD)
  @PostMapping("/v1/projects/{id}/conversations")
  ResponseEntity<ConversationView> open(
      Caller caller, @PathVariable UUID id, @JsonBody ConversationBody body) {
    NewConversation conversation =
        new NewConversation(
            caller.tenant(),
            id,
            Fields.optional("participant_name", body.participantName(), PARTICIPANT_CHARS_MAX),
            Fields.matching(
                "source",
                body.source(),
                SOURCE_CHARS_MAX,
                SOURCE,
                "letters, digits, - and _, such as PORTAL_AUDIO"),
            Fields.texts("tags", body.tags(), TAGS_MAX, TAG_CHARS_MAX));
    UUID opened =
        opening
            .open(conversation)
            .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_PROJECT, id));
    return ResponseEntity.created(links.conversation(opened)).body(view(caller, opened));
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/projects/{id}/conversations")
  Page<ConversationView> list(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    UUID after = Page.after(cursor);
    List<ConversationView> found = reads.page(caller.tenant(), id, after, rows + 1);
    if (found.isEmpty() && projects.find(caller.tenant(), id).isEmpty()) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_PROJECT, id);
    }
    return Page.of(found, rows, ConversationView::id, view -> view);
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}")
  ConversationView get(Caller caller, @PathVariable UUID id) {
    return view(caller, id);
  }

  @Requires(Scope.UPLOAD)
  @PostMapping("/v1/conversations/{id}/finish")
  ResponseEntity<ConversationView> finish(
      Caller caller, @PathVariable UUID id, @JsonBody Finish body) {
    Integer expected = body.expectedChunks();
    if (expected != null && (expected < 0 || expected > EXPECTED_CHUNKS_MAX)) {
      throw Fields.invalid("expected_chunks", "must be from 0 to " + EXPECTED_CHUNKS_MAX);
    }
    if (!steering.finish(caller.tenant(), id, expected)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    return ResponseEntity.accepted().body(view(caller, id));
  }

  @Requires(Scope.ADMIN)
  @PostMapping("/v1/conversations/{id}/retranscribe")
  ResponseEntity<ConversationView> retranscribe(
      Caller caller, @PathVariable UUID id, @JsonBody Nothing body) {
    if (steering.retranscribe(caller.tenant(), id).isEmpty()) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    return ResponseEntity.accepted().body(view(caller, id));
  }

  @Requires(Scope.ADMIN)
  @PostMapping("/v1/conversations/{id}/summarize")
  ResponseEntity<ConversationView> summarize(
      Caller caller, @PathVariable UUID id, @JsonBody Nothing body) {
    if (!steering.summarize(caller.tenant(), id)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    return ResponseEntity.accepted().body(view(caller, id));
  }

  @Requires(Scope.ADMIN)
  @DeleteMapping("/v1/conversations/{id}")
  ResponseEntity<ErasureView> erase(Caller caller, @PathVariable UUID id) {
    if (!erasing.eraseConversation(caller.tenant(), id, caller.actor())) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    return ResponseEntity.accepted().body(ErasureView.of(id));
  }

  private ConversationView view(Caller caller, UUID id) {
    return reads
        .find(caller.tenant(), id)
        .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id));
  }
}
