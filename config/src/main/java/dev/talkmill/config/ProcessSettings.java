package dev.talkmill.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The process itself.
 *
 * @param dataDir everything that the embedded services and scratch files keep; made absolute
 * @param httpPort port of the HTTP door; 0 takes a free one
 * @param managementPort port of health and metrics; 0 takes a free one
 * @param dashboardPort port of the job dashboard, on loopback only; 0 takes a free one
 * @param apiKey bootstrap admin key; where null, one is generated at the first start
 * @param dashboardPassword password of user {@code admin}; where null, the API key's
 * @param publicUrl address under which clients reach the door, with the path that a proxy puts
 *     before it, if any; a slash at the end is taken off. Null keeps links relative
 * @param drain how long running stages get to end at shutdown
 */
@ConfigurationProperties("talkmill")
public record ProcessSettings(
    @DefaultValue("talkmill-data") Path dataDir,
    @DefaultValue("8080") int httpPort,
    @DefaultValue("9090") int managementPort,
    @DefaultValue("8000") int dashboardPort,
    @Nullable String apiKey,
    @Nullable String dashboardPassword,
    @Nullable URI publicUrl,
    @DefaultValue("20s") Duration drain) {

  /** Shortest bootstrap key that is accepted, in characters. */
  public static final int API_KEY_CHARS_MIN = 16;

  public ProcessSettings {
    Checks.port("talkmill.http-port", httpPort);
    Checks.port("talkmill.management-port", managementPort);
    Checks.port("talkmill.dashboard-port", dashboardPort);
    Checks.positive("talkmill.drain", drain);
    if (apiKey != null && apiKey.length() < API_KEY_CHARS_MIN) {
      throw new IllegalArgumentException(
          "talkmill.api-key must have at least " + API_KEY_CHARS_MIN + " characters");
    }
    Checks.address("talkmill.public-url", publicUrl);
    publicUrl = publicUrl == null ? null : withoutSlash(publicUrl);
    dataDir = dataDir.toAbsolutePath().normalize();
  }

  private static URI withoutSlash(URI address) {
    return URI.create(address.toString().replaceAll("/+$", ""));
  }
}
