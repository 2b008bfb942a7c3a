package dev.talkmill.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Speech to text.
 *
 * @param openai required where the provider is openai
 * @param slots calls at once in one process; 0 means one per core for offline, 64 for openai
 * @param timeoutBase limit of a call on audio of no length; {@code timeoutPerSecond} is added for
 *     every second of audio
 */
@ConfigurationProperties("talkmill.speech")
public record SpeechSettings(
    @DefaultValue("offline") Provider provider,
    @Nullable OpenAiSettings openai,
    @DefaultValue("0") int slots,
    @DefaultValue("60s") Duration timeoutBase,
    @DefaultValue("4s") Duration timeoutPerSecond) {

  /** What recognises. */
  public enum Provider {
    OFFLINE,
    OPENAI
  }

  public SpeechSettings {
    Checks.atLeast("talkmill.speech.slots", slots, 0);
    Checks.positive("talkmill.speech.timeout-base", timeoutBase);
    Checks.positive("talkmill.speech.timeout-per-second", timeoutPerSecond);
    if (provider == Provider.OPENAI) {
      OpenAiSettings.requireComplete("talkmill.speech", openai);
    }
  }
}
