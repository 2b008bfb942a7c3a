package dev.talkmill.worker.http;

import java.util.UUID;

/** What is said of an erasure that has begun: the rows are gone, the objects follow. */
record ErasureView(UUID id, String state) {

  static ErasureView of(UUID id) {
    return new ErasureView(id, "erasing");
  }
}
