package dev.talkmill.worker.http;

import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of what the door has made, as its clients can use them.
 *
 * @param publicUrl under which clients reach the door, without a slash at the end; null makes
 *     addresses relative to the one that was called, which is right where no proxy adds a path
 */
record Links(@Nullable URI publicUrl) {

  URI project(UUID id) {
    return to("/v1/projects/" + id);
  }

  URI conversation(UUID id) {
    return to("/v1/conversations/" + id);
  }

  private URI to(String path) {
    return URI.create(publicUrl == null ? path : publicUrl + path);
  }
}
