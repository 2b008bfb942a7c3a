package dev.talkmill.pipeline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.aggregate.ChunkResult.Part;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recordings of seeded random words, cut at random places into parts whose audio overlaps. Whatever
 * the cuts, every word is in the transcript once and at its time.
 */
class TimelineJointsTest {

  /** Longest word, in seconds; an overlap is never shorter than it. */
  private static final double WORD = 0.8;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void noWordIsLostOrDoubledWhereverTheCutsAre(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<Word> spoken = new ArrayList<>();
      List<ChunkResult> chunks = new ArrayList<>();
      double now = 0;
      int uploaded = 1 + random.nextInt(3);
      for (int i = 0; i < uploaded; i++) {
        double seconds = 2 + random.nextDouble() * 60;
        List<Word> words = words(random, seconds, round + "." + i);
        double shift = now;
        words.forEach(word -> spoken.add(moved(word, shift)));
        chunks.add(split(random, seconds, words));
        now += seconds;
      }
      assertSame(Timeline.join(chunks), spoken, "seed " + seed + ", round " + round);
    }
  }

  private static void assertSame(Transcript joined, List<Word> spoken, String where) {
    List<Word> kept =
        joined.segments().stream().flatMap(segment -> segment.words().stream()).toList();
    assertThat(kept)
        .extracting(Word::text)
        .as(where)
        .isEqualTo(spoken.stream().map(Word::text).toList());
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.get(i).start())
          .as(where)
          .isCloseTo(spoken.get(i).start(), org.assertj.core.data.Offset.offset(1e-6));
    }
    assertThat(joined.segments().stream().flatMap(s -> Stream.of(s.text().split(" "))))
        .as(where)
        .containsExactlyElementsOf(spoken.stream().map(Word::text).toList());
  }

  private static List<Word> words(Random random, double seconds, String name) {
    List<Word> words = new ArrayList<>();
    double at = random.nextDouble();
    while (at + WORD < seconds) {
      double end = at + 0.05 + random.nextDouble() * (WORD - 0.05);
      words.add(new Word(at, end, "w" + name + "." + words.size(), null));
      at = end + (random.nextInt(4) == 0 ? random.nextDouble() * 3 : 0);
    }
    return words;
  }

  private static ChunkResult split(Random random, double seconds, List<Word> words) {
    List<Double> cuts = new ArrayList<>(List.of(0.0));
    int inner = random.nextInt(5);
    random.doubles(inner, 0.5, seconds - 0.5).sorted().forEach(cuts::add);
    cuts.add(seconds);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i + 1 < cuts.size(); i++) {
      double overlap = WORD + random.nextDouble() * 2;
      double from = Math.max(0, cuts.get(i) - overlap);
      double to = Math.min(seconds, cuts.get(i + 1) + overlap);
      parts.add(
          new Part(
              ChunkState.TRANSCRIBED,
              null,
              from,
              cuts.get(i),
              cuts.get(i + 1),
              "en",
              heard(random, words, from, to),
              null));
    }
    ChunkState state = parts.size() == 1 ? ChunkState.TRANSCRIBED : ChunkState.SPLIT;
    return new ChunkResult(UUID.randomUUID(), state, null, seconds, 0, parts);
  }

  /** What a recogniser hears of a stretch: words cut off at its ends too, with shortened times. */
  private static List<SpeechSegment> heard(
      Random random, List<Word> words, double from, double to) {
    List<SpeechSegment> segments = new ArrayList<>();
    List<Word> run = new ArrayList<>();
    for (Word word : words) {
      if (word.end() > from && word.start() < to) {
        Word clipped =
            new Word(Math.max(word.start(), from), Math.min(word.end(), to), word.text(), null);
        run.add(moved(clipped, -from));
        if (random.nextInt(5) == 0) {
          segments.add(segment(run));
          run = new ArrayList<>();
        }
      }
    }
    if (!run.isEmpty()) {
      segments.add(segment(run));
    }
    return segments;
  }

  private static SpeechSegment segment(List<Word> words) {
    String text = String.join(" ", words.stream().map(Word::text).toList());
    return new SpeechSegment(
        words.getFirst().start(), words.getLast().end(), null, text, null, null, words);
  }

  private static Word moved(Word word, double by) {
    return new Word(word.start() + by, word.end() + by, word.text(), null);
  }
}
