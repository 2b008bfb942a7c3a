package dev.talkmill.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Taking chunks in.
 *
 * @param chunkBytesMax largest chunk over the door; larger files go by presigned upload
 * @param textCharsMax longest text chunk
 * @param spoolBytesMax bytes that may wait for the object store; when full, chunks are answered 503
 * @param uploadBytesMax largest presigned upload
 * @param uploadValidity how long a presigned upload may take; unconfirmed ones are then removed
 * @param chunksPerMinute accepted chunks per conversation and minute
 * @param bodyTimeout longest wait for the next bytes of a slow client
 */
@ConfigurationProperties("talkmill.intake")
public record IntakeSettings(
    @DefaultValue("16MB") DataSize chunkBytesMax,
    @DefaultValue("200000") int textCharsMax,
    @DefaultValue("4GB") DataSize spoolBytesMax,
    @DefaultValue("2GB") DataSize uploadBytesMax,
    @DefaultValue("24h") Duration uploadValidity,
    @DefaultValue("40") int chunksPerMinute,
    @DefaultValue("30s") Duration bodyTimeout) {

  public IntakeSettings {
    Checks.positive("talkmill.intake.chunk-bytes-max", chunkBytesMax);
    Checks.atLeast("talkmill.intake.text-chars-max", textCharsMax, 1);
    Checks.positive("talkmill.intake.spool-bytes-max", spoolBytesMax);
    Checks.positive("talkmill.intake.upload-bytes-max", uploadBytesMax);
    Checks.positive("talkmill.intake.upload-validity", uploadValidity);
    Checks.atLeast("talkmill.intake.chunks-per-minute", chunksPerMinute, 1);
    Checks.positive("talkmill.intake.body-timeout", bodyTimeout);
    // pgjdbc sends a bytea as one message, which the protocol bounds at 1 GiB.
    if (chunkBytesMax.toMegabytes() > 256) {
      throw new IllegalArgumentException(
          "talkmill.intake.chunk-bytes-max must be at most 256MB; larger files go by upload");
    }
  }
}
