package dev.talkmill.jobs.intake;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A conversation to be opened.
 *
 * @param participantName at most 200 characters
 * @param source where recordings of it come from, at most 40 characters; null means the portal
 * @param tags at most 50
 */
public record NewConversation(
    UUID tenant,
    UUID project,
    @Nullable String participantName,
    @Nullable String source,
    List<String> tags) {
  public NewConversation {
    tags = List.copyOf(tags);
  }
}
