package dev.talkmill.worker.cli;

import java.net.URI;
import java.util.List;

/**
 * A presigned upload: which bytes of the file go where.
 *
 * @param parts in order; together they are the whole file
 */
record UploadView(String id, List<Part> parts) {

  UploadView {
    parts = parts == null ? List.of() : List.copyOf(parts);
  }

  /**
   * A piece of the file.
   *
   * @param number from 1
   * @param firstByte offset in the file
   */
  record Part(int number, URI url, long firstByte, long bytes) {}

  /** Whether the parts are the file of this size, with no byte missing or sent twice. */
  boolean covers(long size) {
    long next = 0;
    for (Part part : parts) {
      if (part.firstByte() != next || part.bytes() < 1) {
        return false;
      }
      next += part.bytes();
    }
    return next == size;
  }
}
