package dev.talkmill.worker.http;

import java.io.IOException;
import java.io.InputStream;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The description of this door. */
@RestController
final class OpenApiDoor {

  private static final String RESOURCE = "openapi.json";

  private final byte[] document;

  OpenApiDoor(byte[] document) {
    this.document = document;
  }

  static OpenApiDoor load() throws IOException {
    try (InputStream in = OpenApiDoor.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + RESOURCE);
      }
      return new OpenApiDoor(in.readAllBytes());
    }
  }

  @Open
  @GetMapping("/openapi.json")
  ResponseEntity<byte[]> document() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(document.clone());
  }
}
