package dev.talkmill.worker.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/** The description of this door. */
@RestController
final class OpenApiDoor {

  private static final String RESOURCE = "openapi.json";

  private final byte[] document;

  OpenApiDoor(byte[] document) {
    this.document = document;
  }

  /**
   * Reads the description from the jar.
   *
   * @param publicUrl under which clients reach the door; null leaves it to them to take the one
   *     that they have read the description from
   */
  static OpenApiDoor load(@Nullable URI publicUrl) throws IOException {
    try (InputStream in = OpenApiDoor.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + RESOURCE);
      }
      byte[] document = in.readAllBytes();
      return new OpenApiDoor(publicUrl == null ? document : servedAt(publicUrl, document));
    }
  }

  private static byte[] servedAt(URI publicUrl, byte[] document) {
    ObjectNode tree = (ObjectNode) DoorJson.MAPPER.readTree(document);
    tree.putArray("servers").addObject().put("url", publicUrl.toString());
    return DoorJson.write(tree);
  }

  @Open
  @GetMapping("/openapi.json")
  ResponseEntity<byte[]> document() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(document.clone());
  }
}
