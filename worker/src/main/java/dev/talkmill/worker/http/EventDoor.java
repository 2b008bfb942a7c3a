package dev.talkmill.worker.http;

import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.EventReads.Position;
import dev.talkmill.jobs.tenant.Scope;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Progress of a conversation as server-sent events, from the beginning or from where a client was.
 */
@RestController
final class EventDoor {

  private static final String MEDIA_TYPE = "text/event-stream;charset=utf-8";

  private final ConversationReads conversations;
  private final EventStreams streams;

  EventDoor(ConversationReads conversations, EventStreams streams) {
    this.conversations = conversations;
    this.streams = streams;
  }

  @Requires(Scope.READ)
  @GetMapping("/v1/conversations/{id}/events")
  void follow(
      Caller caller,
      @PathVariable UUID id,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      HttpServletRequest request,
      HttpServletResponse response) {
    Position after = position(lastEventId);
    if (!conversations.exists(caller.tenant(), id)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_CONVERSATION, id);
    }
    if (request.getMethod().equals("HEAD")) {
      response.setContentType(MEDIA_TYPE);
      return;
    }
    EventStreams.Place place = streams.enter(caller.key().id());
    response.setContentType(MEDIA_TYPE);
    // A proxy in between must pass events on at once.
    response.setHeader("X-Accel-Buffering", "no");
    AsyncContext exchange = request.startAsync();
    streams.start(place, exchange, request.getHeader("Authorization"), caller.tenant(), id, after);
  }

  private static Position position(@Nullable String lastEventId) {
    if (lastEventId == null || lastEventId.isBlank()) {
      return Position.START;
    }
    try {
      return Position.parse(lastEventId.strip());
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          ProblemCode.INVALID_HEADER,
          "\"Last-Event-ID\" must be the id of an event of this stream. Leave it out to begin at"
              + " the first event.");
    }
  }
}
