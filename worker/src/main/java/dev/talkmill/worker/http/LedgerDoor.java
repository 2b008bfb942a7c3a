package dev.talkmill.worker.http;

import dev.talkmill.jobs.intake.Steering;
import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.LedgerReads;
import dev.talkmill.jobs.read.LedgerReads.StatusView;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.pipeline.ledger.State;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The ledger, for readers of one conversation and for operators. */
@RestController
final class LedgerDoor {

  private final LedgerReads ledger;
  private final ConversationReads conversations;
  private final Steering steering;

  LedgerDoor(LedgerReads ledger, ConversationReads conversations, Steering steering) {
    this.ledger = ledger;
    this.conversations = conversations;
    this.steering = steering;
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}/processing-status")
  Page<RawJson> ofConversation(
      Caller caller,
      @PathVariable UUID id,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    List<StatusView> found =
        ledger.ofConversation(caller.tenant(), id, Page.after(cursor), rows + 1);
    if (found.isEmpty() && !conversations.exists(caller.tenant(), id)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    return page(found, rows);
  }

  @Requires(Scope.ADMIN)
  @GetMapping("/v1/processing-status")
  Page<RawJson> inState(
      Caller caller,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    State wanted = state(state);
    return page(ledger.inState(caller.tenant(), wanted, Page.after(cursor), rows + 1), rows);
  }

  @Requires(Scope.ADMIN)
  @PostMapping("/v1/processing-status/{id}/requeue")
  ResponseEntity<byte[]> requeue(Caller caller, @PathVariable UUID id, @JsonBody Nothing body) {
    return switch (steering.requeue(caller.tenant(), id)) {
      case DONE ->
          ResponseEntity.accepted()
              .contentType(MediaType.APPLICATION_JSON)
              .body(DoorJson.write(view(caller, id)));
      case UNKNOWN -> throw ProblemException.unknown(ProblemCode.UNKNOWN_STATUS, id);
      case NOT_FAILED ->
          throw new ProblemException(
              ProblemCode.NOT_FAILED,
              "The row is not FAILED, or its chunk has been recognised anew since, so there is"
                  + " nothing to requeue.");
    };
  }

  private RawJson view(Caller caller, UUID id) {
    return ledger
        .find(caller.tenant(), id)
        .map(row -> new RawJson(row.json()))
        .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_STATUS, id));
  }

  private static Page<RawJson> page(List<StatusView> rows, int limit) {
    return Page.of(rows, limit, StatusView::id, row -> new RawJson(row.json()));
  }

  private static State state(@Nullable String name) {
    if (name == null) {
      return State.FAILED;
    }
    return Arrays.stream(State.values())
        .filter(state -> state.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new ProblemException(
                ProblemCode.INVALID_PARAMETER,
                "\"state\" must be one of %s."
                    .formatted(
                        Arrays.stream(State.values())
                            .map(State::name)
                            .collect(Collectors.joining(", ")))));
  }
}
