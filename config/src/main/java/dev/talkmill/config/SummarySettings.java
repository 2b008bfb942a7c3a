package dev.talkmill.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Summaries.
 *
 * @param openai required where the provider is openai
 * @param slots calls at once in one process; 0 means one per core for offline, 16 for openai
 * @param contextTokens context window of the model; longer transcripts are map-reduced
 * @param timeout limit of one summary, all its calls together
 */
@ConfigurationProperties("talkmill.summary")
public record SummarySettings(
    @DefaultValue("offline") Provider provider,
    @Nullable OpenAiSettings openai,
    @DefaultValue("0") int slots,
    @DefaultValue("32000") int contextTokens,
    @DefaultValue("3m") Duration timeout) {

  /** What summarises. */
  public enum Provider {
    OFFLINE,
    OPENAI
  }

  public SummarySettings {
    Checks.atLeast("talkmill.summary.slots", slots, 0);
    Checks.atLeast("talkmill.summary.context-tokens", contextTokens, 1_000);
    Checks.positive("talkmill.summary.timeout", timeout);
    if (provider == Provider.OPENAI) {
      OpenAiSettings.requireComplete("talkmill.summary", openai);
    }
  }
}
