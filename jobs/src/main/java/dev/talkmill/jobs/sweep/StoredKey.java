package dev.talkmill.jobs.sweep;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key of the bucket read back into the ids that {@link dev.talkmill.pipeline.store.ObjectKeys}
 * made it from.
 *
 * @param id of the chunk or the upload; null for a playable
 * @param generation that a playable was made from; null for the others
 */
record StoredKey(
    String key,
    Kind kind,
    UUID tenant,
    UUID conversation,
    @Nullable UUID id,
    @Nullable Long generation) {

  private static final String UUID_PATTERN = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";

  private static final Pattern KEY =
      Pattern.compile("t/%1$s/c/%1$s/(?:(k|u)/%1$s|a/([0-9]{1,18})\\.ogg)".formatted(UUID_PATTERN));

  /** What an object is. */
  enum Kind {
    CHUNK,
    UPLOAD,
    PLAYABLE
  }

  /** Reads a key; empty if it has not one of our three shapes. */
  static Optional<StoredKey> parse(String key) {
    Matcher matcher = KEY.matcher(key);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    UUID tenant = UUID.fromString(matcher.group(1));
    UUID conversation = UUID.fromString(matcher.group(2));
    String letter = matcher.group(3);
    if (letter == null) {
      long generation = Long.parseLong(matcher.group(5));
      return Optional.of(new StoredKey(key, Kind.PLAYABLE, tenant, conversation, null, generation));
    }
    Kind kind = letter.equals("k") ? Kind.CHUNK : Kind.UPLOAD;
    UUID id = UUID.fromString(matcher.group(4));
    return Optional.of(new StoredKey(key, kind, tenant, conversation, id, null));
  }
}
