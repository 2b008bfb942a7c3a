package dev.talkmill.config;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * An OpenAI-compatible endpoint.
 *
 * @param baseUrl up to and including the version, for example {@code https://api.openai.com/v1}
 * @param apiKey sent as a bearer token; null sends none
 */
public record OpenAiSettings(
    @Nullable URI baseUrl, @Nullable String apiKey, @Nullable String model) {

  static void requireComplete(String prefix, @Nullable OpenAiSettings openai) {
    if (openai == null || openai.baseUrl() == null || openai.model() == null) {
      throw new IllegalArgumentException(
          prefix
              + ".provider is openai, so "
              + prefix
              + ".openai.base-url and "
              + prefix
              + ".openai.model are required");
    }
    String scheme = openai.baseUrl().getScheme();
    if (!"http".equals(scheme) && !"https".equals(scheme)) {
      throw new IllegalArgumentException(
          prefix + ".openai.base-url must start with http:// or https://");
    }
  }
}
