package dev.talkmill.worker.http;

import java.util.UUID;

/** What is said of an erasure that has begun: the rows are gone, the objects follow. */
record Erasing(UUID id, String state) {

  static Erasing of(UUID id) {
    return new Erasing(id, "erasing");
  }
}
