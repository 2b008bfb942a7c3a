package dev.talkmill.jobs.read;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where the first page of a list begins. A value and not NULL: "is NULL or greater" bounds no scan
 * of an index, and every page would read all pages before it.
 */
final class Start {

  private static final UUID BEFORE_ALL = new UUID(0, 0);

  private Start() {}

  static UUID orAfter(@Nullable UUID after) {
    return after == null ? BEFORE_ALL : after;
  }
}
