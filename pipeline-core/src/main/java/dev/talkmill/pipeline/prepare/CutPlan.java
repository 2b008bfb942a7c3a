package dev.talkmill.pipeline.prepare;

import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts long audio into parts of about equal length, each in the middle of a pause, so that no word
 * is cut in two. Where nobody pauses, the cut is forced and both neighbours hear {@value
 * #OVERLAP_SECONDS} s of each other's audio; what is owned stays disjoint, so that a word heard
 * twice is written once. The same audio is always cut alike.
 */
public final class CutPlan {

  /** What each side of a forced cut hears beyond it; longer than a spoken word. */
  static final double OVERLAP_SECONDS = 1.0;

  /** A pause longer than this ends a thought as well as any: beyond it, nearness decides. */
  private static final double PAUSE_ENOUGH_SECONDS = 2.0;

  /** What being at the edge of the window instead of at the target costs, in seconds of pause. */
  private static final double DISTANCE_COST_SECONDS = 0.5;

  /** Reach of the window on either side of the target, as a share of the longest part. */
  private static final double WINDOW_SHARE = 0.25;

  /**
   * One part.
   *
   * @param index from 0
   * @param owned what this part alone accounts for; the parts' ranges tile the whole exactly
   * @param audio what its recogniser hears: {@code owned}, or more on the side of a forced cut
   */
  public record Part(int index, Range owned, Range audio) {}

  private record Cut(double at, boolean forced) {}

  private CutPlan() {}

  /**
   * Plans the parts of a recording.
   *
   * @param seconds its length
   * @param silences its pauses, in order, as a decoder reports them
   * @param splitAfter longest audio that stays whole
   * @param partLength longest part, before the overlap of a forced cut
   * @return at least one part; exactly one, the whole, for audio up to {@code splitAfter}
   */
  public static List<Part> of(
      double seconds, List<Range> silences, Duration splitAfter, Duration partLength) {
    double partMax = seconds(partLength);
    if (!(partMax > 0) || !(seconds >= 0) || Double.isInfinite(seconds)) {
      throw new IllegalArgumentException(
          "can't cut " + seconds + " s into parts of at most " + partMax + " s");
    }
    List<Cut> cuts = new ArrayList<>();
    if (seconds > seconds(splitAfter)) {
      double from = 0;
      while (seconds - from > partMax) {
        Cut cut = next(from, seconds, silences, partMax);
        cuts.add(cut);
        from = cut.at();
      }
    }
    return parts(seconds, cuts);
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static Cut next(double from, double seconds, List<Range> silences, double partMax) {
    double left = seconds - from;
    // Equal parts, so that a recording just over the limit does not end in a crumb.
    double target = from + left / Math.ceil(left / partMax);
    double reach = partMax * WINDOW_SHARE;
    Range window = new Range(target - reach, Math.min(from + partMax, target + reach));
    Range best = null;
    double bestScore = Double.NEGATIVE_INFINITY;
    for (Range silence : silences) {
      Range usable = overlap(silence, window);
      if (usable == null) {
        continue;
      }
      double score =
          Math.min(usable.seconds(), PAUSE_ENOUGH_SECONDS)
              - DISTANCE_COST_SECONDS * Math.abs(middle(usable) - target) / reach;
      if (score > bestScore) {
        best = usable;
        bestScore = score;
      }
    }
    return best == null ? new Cut(target, true) : new Cut(middle(best), false);
  }

  private static double middle(Range range) {
    return range.start() + range.seconds() / 2;
  }

  private static @Nullable Range overlap(Range a, Range b) {
    double start = Math.max(a.start(), b.start());
    double end = Math.min(a.end(), b.end());
    return end > start ? new Range(start, end) : null;
  }

  private static List<Part> parts(double seconds, List<Cut> cuts) {
    List<Part> parts = new ArrayList<>(cuts.size() + 1);
    Cut before = new Cut(0, false);
    for (int index = 0; index <= cuts.size(); index++) {
      Cut after = index < cuts.size() ? cuts.get(index) : new Cut(seconds, false);
      double start = before.forced() ? before.at() - OVERLAP_SECONDS : before.at();
      double end = after.forced() ? after.at() + OVERLAP_SECONDS : after.at();
      parts.add(
          new Part(
              index,
              new Range(before.at(), after.at()),
              new Range(Math.max(0, start), Math.min(seconds, end))));
      before = after;
    }
    return List.copyOf(parts);
  }
}
