package dev.talkmill.pipeline.prepare;

import dev.talkmill.pipeline.prepare.CutPlan.Part;
import dev.talkmill.pipeline.prepare.Verdict.NoSpeech;
import dev.talkmill.pipeline.prepare.Verdict.Reason;
import dev.talkmill.pipeline.prepare.Verdict.Split;
import dev.talkmill.pipeline.prepare.Verdict.Whole;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Decides what becomes of a recording. */
public final class PrepareDecision {

  /** Fewer bytes than a container's head and a tenth of a second of any codec take. */
  static final long BYTES_MIN = 1_024;

  /** Shorter than any word. */
  static final double SECONDS_MIN = 0.1;

  /** Shortfalls of a file that is whole: encoder delay, padding, rounding. The larger counts. */
  static final double MISSING_SECONDS_MIN = 1.0;

  static final double MISSING_SHARE_MIN = 0.02;

  private PrepareDecision() {}

  /**
   * The verdict that needs no decoder: too few bytes.
   *
   * @param bytes size of the original
   */
  public static Optional<NoSpeech> beforeDecoding(long bytes) {
    return bytes < BYTES_MIN ? Optional.of(new NoSpeech(Reason.TOO_SHORT, 0)) : Optional.empty();
  }

  /**
   * The verdict on decoded audio.
   *
   * @param bytes size of the original
   * @param splitAfter longest audio that stays whole
   * @param partLength longest part of audio that does not
   */
  public static Verdict decide(
      long bytes, DecodedAudio audio, Duration splitAfter, Duration partLength) {
    double missing = missingSeconds(audio);
    if (bytes < BYTES_MIN || audio.seconds() < SECONDS_MIN) {
      return new NoSpeech(Reason.TOO_SHORT, missing);
    }
    if (silentThroughout(audio)) {
      return new NoSpeech(Reason.SILENCE, missing);
    }
    List<Part> parts = CutPlan.of(audio.seconds(), audio.silences(), splitAfter, partLength);
    return parts.size() == 1 ? new Whole(missing) : new Split(parts, missing);
  }

  /**
   * Seconds that a truncated file lacks: what its container claims beyond what could be decoded, if
   * that is more than rounding; else 0.
   */
  public static double missingSeconds(DecodedAudio audio) {
    double missing = audio.secondsClaimed() - audio.seconds();
    double tolerated = Math.max(MISSING_SECONDS_MIN, audio.secondsClaimed() * MISSING_SHARE_MIN);
    return missing > tolerated ? missing : 0;
  }

  private static boolean silentThroughout(DecodedAudio audio) {
    double rounding = 0.001;
    return audio.silences().size() == 1
        && audio.silences().getFirst().start() <= rounding
        && audio.silences().getFirst().end() >= audio.seconds() - rounding;
  }
}
