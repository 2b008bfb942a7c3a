package dev.talkmill.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Decoding.
 *
 * @param slots decoders at once in one process; 0 means one per core
 * @param splitAfter audio longer than this is cut into parts
 * @param partLength longest part, before the overlap of a cut where there is no silence
 * @param lengthMax longest recording; more is refused with {@code too_long}
 * @param decodeTimeoutBase limit of decoding audio of no length; a tenth of the audio's length is
 *     added
 */
@ConfigurationProperties("talkmill.audio")
public record AudioSettings(
    @DefaultValue("0") int slots,
    @DefaultValue("10m") Duration splitAfter,
    @DefaultValue("5m") Duration partLength,
    @DefaultValue("26h") Duration lengthMax,
    @DefaultValue("60s") Duration decodeTimeoutBase) {

  public AudioSettings {
    Checks.atLeast("talkmill.audio.slots", slots, 0);
    Checks.positive("talkmill.audio.split-after", splitAfter);
    Checks.positive("talkmill.audio.part-length", partLength);
    Checks.positive("talkmill.audio.length-max", lengthMax);
    Checks.positive("talkmill.audio.decode-timeout-base", decodeTimeoutBase);
    if (partLength.compareTo(splitAfter) > 0) {
      throw new IllegalArgumentException(
          "talkmill.audio.part-length must not be longer than talkmill.audio.split-after");
    }
  }
}
