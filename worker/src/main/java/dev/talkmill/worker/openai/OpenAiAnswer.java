package dev.talkmill.worker.openai;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A successful answer.
 *
 * @param body a JSON object
 * @param requestId the provider's x-request-id, or null
 */
public record OpenAiAnswer(JsonNode body, @Nullable String requestId) {

  /** The exact model that answered, or {@code asked} where the answer names none. */
  public String model(String asked) {
    JsonNode model = body.get("model");
    return model != null && model.isString() && !model.stringValue().isBlank()
        ? model.stringValue()
        : asked;
  }
}
