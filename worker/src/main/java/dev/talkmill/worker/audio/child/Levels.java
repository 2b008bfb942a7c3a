package dev.talkmill.worker.audio.child;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the pauses of a recording. Every 20 ms the level is kept in one byte (16 MB a day would be
 * 32-bit figures; this is 4.3 MB); when all is known, each stretch of 30 s gets its own threshold
 * between its pauses and its speech, so that a far speaker beside a near one is not a pause.
 */
final class Levels {

  /** A stretch in seconds. */
  record Span(double start, double end) {
    double seconds() {
      return end - start;
    }
  }

  /** Pauses shorter than this are within words or between them. */
  static final double SILENCE_SECONDS_MIN = 0.3;

  /** Bound of the answer. A day of speech has some 30,000 pauses. */
  static final int SILENCES_MAX = 50_000;

  private static final int WINDOWS_PER_SECOND = 50;
  private static final int STRETCH_WINDOWS = 30 * WINDOWS_PER_SECOND;

  /** Levels are kept as half decibels above this. Full scale is 0 dB. */
  private static final int FLOOR_DB = -100;

  /** Below this (33 of 32,768) nothing is speech: it is the noise of a 16-bit microphone. */
  private static final int AUDIBLE = level(-60);

  /** Less audible sound than this in all, 0.2 s, is a click or two and no word. */
  private static final int AUDIBLE_WINDOWS_MIN = 10;

  private final int windowSamples;
  private byte[] levels = new byte[4096];
  private int windows;
  private long sumOfSquares;
  private int samplesInWindow;
  private int peak;

  Levels(int rate) {
    windowSamples = rate / WINDOWS_PER_SECOND;
  }

  void accept(byte[] pcm, int length) {
    for (int i = 0; i + 1 < length; i += 2) {
      int sample = (pcm[i] & 0xFF) | (pcm[i + 1] << 8);
      sumOfSquares += (long) sample * sample;
      peak = Math.max(peak, Math.abs(sample));
      if (++samplesInWindow == windowSamples) {
        endWindow();
      }
    }
  }

  /** The loudest sample as a share of full scale. */
  double peak() {
    return peak / 32_768.0;
  }

  /** The pauses so far, in order; one range over all where nothing is audible. */
  List<Span> silences() {
    double end = (windows + (double) samplesInWindow / windowSamples) / WINDOWS_PER_SECOND;
    if (audibleWindows() < AUDIBLE_WINDOWS_MIN) {
      return end > 0 ? List.of(new Span(0, end)) : List.of();
    }
    List<Span> silences = new ArrayList<>();
    int floor = speechLevel(0, windows) - decibels(25);
    int start = -1;
    for (int stretch = 0; stretch < windows; stretch += STRETCH_WINDOWS) {
      int stretchEnd = Math.min(windows, stretch + STRETCH_WINDOWS);
      int threshold = threshold(stretch, stretchEnd, floor);
      for (int w = stretch; w < stretchEnd; w++) {
        if ((levels[w] & 0xFF) >= threshold) {
          add(silences, start, w);
          start = -1;
        } else if (start < 0) {
          start = w;
        }
      }
    }
    add(silences, start, windows);
    return longest(silences, SILENCES_MAX);
  }

  private void endWindow() {
    if (windows == levels.length) {
      levels = Arrays.copyOf(levels, levels.length + levels.length / 2);
    }
    double meanSquare = (double) sumOfSquares / samplesInWindow / (32_768.0 * 32_768.0);
    levels[windows++] = (byte) level(10 * Math.log10(Math.max(meanSquare, 1e-12)));
    sumOfSquares = 0;
    samplesInWindow = 0;
  }

  private static int level(double decibel) {
    return Math.clamp(Math.round((decibel - FLOOR_DB) * 2), 0, 255);
  }

  private static int decibels(int count) {
    return 2 * count;
  }

  private int audibleWindows() {
    int audible = 0;
    for (int w = 0; w < windows; w++) {
      audible += (levels[w] & 0xFF) >= AUDIBLE ? 1 : 0;
    }
    // The rest of the last window is a part of one; it can't be heard alone.
    return audible;
  }

  /**
   * Where sound begins to be speech in a stretch: 20 dB below what is loud in it, but above its
   * noise by a third of the way to what is loud, at most 6 dB. A stretch without pauses (noise,
   * music, one tone) has loud equal to noise, and so no silence.
   */
  private int threshold(int from, int to, int floor) {
    int loud = Math.max(speechLevel(from, to), floor);
    int noise = Math.min(percentile(from, to, 10, 0), loud);
    int aboveNoise = noise + Math.min(decibels(6), (loud - noise) / 3);
    return Math.max(AUDIBLE, Math.max(loud - decibels(20), aboveNoise));
  }

  /** What is loud among the audible windows: their 90th percentile. */
  private int speechLevel(int from, int to) {
    return percentile(from, to, 90, AUDIBLE);
  }

  private int percentile(int from, int to, int percent, int least) {
    int[] histogram = new int[256];
    int count = 0;
    for (int w = from; w < to; w++) {
      int level = levels[w] & 0xFF;
      if (level >= least) {
        histogram[level]++;
        count++;
      }
    }
    long rank = (long) count * percent / 100;
    for (int level = 0, seen = 0; level < 256; level++) {
      seen += histogram[level];
      if (seen > rank) {
        return level;
      }
    }
    return least;
  }

  private static void add(List<Span> silences, int start, int end) {
    if (start >= 0 && end - start >= SILENCE_SECONDS_MIN * WINDOWS_PER_SECOND) {
      silences.add(
          new Span((double) start / WINDOWS_PER_SECOND, (double) end / WINDOWS_PER_SECOND));
    }
  }

  /** At most {@code most} of them: the longest of each of so many equal stretches. */
  static List<Span> longest(List<Span> silences, int most) {
    if (silences.size() <= most) {
      return silences;
    }
    double slotSeconds = silences.getLast().end() / most;
    List<Span> kept = new ArrayList<>(most);
    int keptSlot = -1;
    for (Span silence : silences) {
      int slot = (int) (silence.start() / slotSeconds);
      if (slot != keptSlot) {
        kept.add(silence);
        keptSlot = slot;
      } else if (silence.seconds() > kept.getLast().seconds()) {
        kept.set(kept.size() - 1, silence);
      }
    }
    return kept;
  }
}
