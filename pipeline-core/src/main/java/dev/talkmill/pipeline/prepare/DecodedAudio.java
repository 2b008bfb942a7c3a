package dev.talkmill.pipeline.prepare;

import java.util.List;

/**
 * What a decoder found.
 *
 * @param container by content, for example {@code matroska,webm}, {@code wav}, {@code mov,mp4}
 * @param codec for example {@code opus}
 * @param mediaType the media type that a browser plays it under, for example {@code audio/webm}
 * @param seconds decoded length
 * @param secondsClaimed length that the container claims, or 0 where it claims none
 * @param silences stretches of at least 0.3 s below the speech level, in order, in seconds
 * @param peak loudest sample as a share of full scale, 0 to 1
 */
public record DecodedAudio(
    String container,
    String codec,
    String mediaType,
    double seconds,
    double secondsClaimed,
    List<Range> silences,
    double peak) {

  public DecodedAudio {
    silences = List.copyOf(silences);
  }

  /** A stretch of audio in seconds, {@code start} inclusive, {@code end} exclusive. */
  public record Range(double start, double end) {
    public Range {
      if (!(start >= 0) || !(end >= start)) {
        throw new IllegalArgumentException("not a range: " + start + " to " + end);
      }
    }

    public double seconds() {
      return end - start;
    }
  }
}
