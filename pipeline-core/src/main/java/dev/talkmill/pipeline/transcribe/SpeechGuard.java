package dev.talkmill.pipeline.transcribe;

import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.Deflater;

/**
 * Tells speech from what a recogniser invents on silence, music and noise. It is conservative: a
 * sentence that was said and dropped is worse than one that was invented and kept, so every rule
 * needs strong evidence, and what is dropped is handed back with its reason to be kept beside the
 * transcript.
 *
 * <p>The limits of probability and compression are those at which Whisper's own decoder distrusts
 * its output ({@code no_speech_threshold}, {@code logprob_threshold}, {@code
 * compression_ratio_threshold}).
 */
public final class SpeechGuard {

  static final double NO_SPEECH_ABOVE = 0.6;

  /** Whisper's mean log probability of -1 as a probability. */
  static final double CONFIDENCE_BELOW = Math.exp(-1.0);

  static final double COMPRESSION_ABOVE = 2.4;

  /**
   * Compression is judged on stretches of this many characters, about one decoding window of
   * Whisper: any long text compresses better than a short one, and that is no repetition.
   */
  static final int COMPRESSION_CHARS = 900;

  static final int REPEATED_PHRASES = 3;

  /** People do say "yes" many times in a row; a decoder's loop goes on much longer. */
  static final int REPEATED_WORDS = 6;

  /** Credits of the subtitles that Whisper was trained on: nobody says them in a conversation. */
  private static final Set<String> CREDITS =
      Set.of(
          "subtitles by the amara org community",
          "subtitles by amara org",
          "ondertiteld door de amara org gemeenschap",
          "ondertiteling door de amara org gemeenschap",
          "ondertitels ingediend door de amara org gemeenschap",
          "untertitel der amara org community",
          "untertitel im auftrag des zdf für funk 2017",
          "sous titres réalisés par la communauté d amara org",
          "subtítulos realizados por la comunidad de amara org",
          "sottotitoli creati dalla comunità amara org",
          "legendas pela comunidade amara org");

  private SpeechGuard() {}

  /** Why a segment was not taken for speech. */
  public enum Reason {
    NO_SPEECH,
    REPETITION,
    COMPRESSION,
    CREDITS;

    /** The reason as it is stored, for example {@code no_speech}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A segment that was taken out, kept as evidence. */
  public record Dropped(SpeechSegment segment, Reason reason) {}

  /** What is left of a recognition, and what was taken out, both in the order of time. */
  public record Screened(Recognition kept, List<Dropped> dropped) {
    public Screened {
      dropped = List.copyOf(dropped);
    }
  }

  public static Screened screen(Recognition heard) {
    List<SpeechSegment> segments = heard.segments();
    List<SpeechSegment> kept = new ArrayList<>();
    List<Dropped> dropped = new ArrayList<>();
    int index = 0;
    while (index < segments.size()) {
      int end = endOfRun(segments, index);
      boolean looping = isLoop(segments.get(index), end - index);
      for (int i = index; i < end; i++) {
        // The first of a loop stays: it may have been said once.
        judge(segments.get(i), looping && i > index, kept, dropped);
      }
      index = end;
    }
    Recognition rest = new Recognition(heard.language(), kept, heard.model(), heard.requestId());
    return new Screened(rest, dropped);
  }

  private static void judge(
      SpeechSegment segment, boolean repeated, List<SpeechSegment> kept, List<Dropped> dropped) {
    if (isSilence(segment)) {
      dropped.add(new Dropped(segment, Reason.NO_SPEECH));
    } else if (CREDITS.contains(normalized(segment.text()))) {
      dropped.add(new Dropped(segment, Reason.CREDITS));
    } else if (repeated) {
      dropped.add(new Dropped(segment, Reason.REPETITION));
    } else if (compressesTooWell(segment.text())) {
      dropped.add(new Dropped(segment, Reason.COMPRESSION));
    } else {
      kept.add(segment);
    }
  }

  private static boolean isSilence(SpeechSegment segment) {
    Double noSpeech = segment.noSpeechProbability();
    Double confidence = segment.confidence();
    return noSpeech != null
        && confidence != null
        && noSpeech > NO_SPEECH_ABOVE
        && confidence < CONFIDENCE_BELOW;
  }

  private static int endOfRun(List<SpeechSegment> segments, int from) {
    String text = normalized(segments.get(from).text());
    int end = from + 1;
    while (end < segments.size() && normalized(segments.get(end).text()).equals(text)) {
      end++;
    }
    return end;
  }

  private static boolean isLoop(SpeechSegment segment, int times) {
    String text = normalized(segment.text());
    if (text.isEmpty()) {
      return false;
    }
    return times >= (text.indexOf(' ') < 0 ? REPEATED_WORDS : REPEATED_PHRASES);
  }

  /** Every stretch must repeat itself, so that real speech with a loop at its end is kept. */
  private static boolean compressesTooWell(String text) {
    int stretches = Math.ceilDiv(text.length(), COMPRESSION_CHARS);
    for (int i = 0; i < stretches; i++) {
      int from = (int) ((long) text.length() * i / stretches);
      int to = (int) ((long) text.length() * (i + 1) / stretches);
      if (compressionRatio(text.substring(from, to)) <= COMPRESSION_ABOVE) {
        return false;
      }
    }
    return stretches > 0;
  }

  /** Bytes of the text for one byte of its zlib compression, as Whisper measures repetition. */
  static double compressionRatio(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    byte[] packed = new byte[plain.length + 64];
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(plain);
      deflater.finish();
      int size = 0;
      while (!deflater.finished()) {
        size += deflater.deflate(packed, 0, packed.length);
      }
      return plain.length / (double) size;
    }
  }

  private static String normalized(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip();
  }
}
