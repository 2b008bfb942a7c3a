package dev.talkmill.jobs.tenant;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A project with its wishes. */
public record Project(UUID id, Wishes wishes, Instant createdAt, Instant updatedAt) {

  /**
   * What a project can be told.
   *
   * @param name 1 to 200 characters
   * @param language BCP 47 tag, or null to let the recogniser tell
   * @param keyTerms spelled as wanted, at most 500
   * @param anonymize copied to every conversation when it is opened
   * @param titleWanted whether a title is made beside the summary
   */
  public record Wishes(
      String name,
      @Nullable String language,
      List<String> keyTerms,
      boolean anonymize,
      boolean titleWanted) {
    public Wishes {
      keyTerms = List.copyOf(keyTerms);
    }
  }
}
