package dev.talkmill.pipeline.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Files that other programs can read, whatever was said. */
class ExportTest {

  private static final Pattern SRT_CUE =
      Pattern.compile(
          "\\d+\\n\\d{2,}:\\d\\d:\\d\\d,\\d{3} --> \\d{2,}:\\d\\d:\\d\\d,\\d{3}\\n(.+\\n){1,3}\\n");

  private static final Pattern VTT_CUE =
      Pattern.compile(
          "\\n\\d{2,}:\\d\\d:\\d\\d\\.\\d{3} --> \\d{2,}:\\d\\d:\\d\\d\\.\\d{3}\\n(.+\\n){1,2}");

  private static Segment said(double start, double end, String text) {
    return new Segment(start, end, null, text, null, List.of(), List.of());
  }

  private static Segment said(String speaker, String text) {
    return new Segment(0, 2, speaker, text, null, List.of(), List.of());
  }

  private static void isValid(List<Segment> segments) {
    String srt = SubRip.render(segments);
    assertThat(srt).matches("(" + SRT_CUE.pattern() + ")*");
    String vtt = WebVtt.render(segments);
    assertThat(vtt).matches("WEBVTT\\n(" + VTT_CUE.pattern() + ")*");
    assertThat(vtt.lines().skip(1).filter(line -> line.contains("-->")).count())
        .isEqualTo(Cues.of(segments).size());
    long before = 0;
    for (Cue cue : Cues.of(segments)) {
      assertThat(cue.endMillis()).isGreaterThan(cue.startMillis());
      assertThat(cue.startMillis()).isGreaterThanOrEqualTo(before);
      assertThat(cue.lines()).hasSizeBetween(1, 2);
      cue.lines()
          .forEach(line -> assertThat(line.codePointCount(0, line.length())).isBetween(1, 42));
      before = cue.startMillis();
    }
  }

  @Test
  void nothingSaidIsAValidFile() {
    assertThat(SubRip.render(List.of())).isEmpty();
    assertThat(WebVtt.render(List.of())).isEqualTo("WEBVTT\n");
    assertThat(PlainText.render(List.of())).isEmpty();
    assertThat(Markdown.render(null, null, List.of(), List.of()))
        .isEqualTo("# Conversation\n\n## Transcript\n");
    assertThat(SubRip.render(List.of(said(0, 1, " \n ")))).isEmpty();
  }

  @Test
  void aShortSentenceIsOneCue() {
    assertThat(SubRip.render(List.of(said(1.5, 3.25, "Good morning."))))
        .isEqualTo("1\n00:00:01,500 --> 00:00:03,250\nGood morning.\n\n");
    assertThat(WebVtt.render(List.of(said(1.5, 3.25, "Good morning."))))
        .isEqualTo("WEBVTT\n\n00:00:01.500 --> 00:00:03.250\nGood morning.\n");
  }

  @Test
  void timesGoOnAfterADayAndAfterAHundredHours() {
    assertThat(SubRip.render(List.of(said(90_000, 90_001, "late"))))
        .contains("25:00:00,000 --> 25:00:01,000");
    assertThat(WebVtt.render(List.of(said(360_000.5, 360_001, "later"))))
        .contains("100:00:00.500 --> 100:00:01.000");
  }

  @Test
  void longSpeechIsCutIntoCuesOfTwoLinesThatShareItsTime() {
    String text = "one two three four five six seven eight nine ten ".repeat(10);
    List<Segment> segments = List.of(said(10, 20, text));
    List<Cue> cues = Cues.of(segments);
    isValid(segments);
    assertThat(cues.size()).isGreaterThan(5);
    assertThat(cues.getFirst().startMillis()).isEqualTo(10_000);
    assertThat(cues.getLast().endMillis()).isBetween(19_900L, 20_000L);
    assertThat(String.join(" ", cues.stream().flatMap(cue -> cue.lines().stream()).toList()))
        .isEqualTo(text.strip());
  }

  @Test
  void aCutFollowsTheTimesOfTheWords() {
    List<Word> words =
        IntStream.range(0, 30)
            .mapToObj(index -> new Word(100 + index, 100.5 + index, "word", null))
            .toList();
    String text = "Word ".repeat(30).strip();
    Segment segment = new Segment(100, 130, null, text, null, List.of(), words);
    List<Cue> cues = Cues.of(List.of(segment));
    isValid(List.of(segment));
    // Two lines hold eight words each.
    assertThat(cues.getFirst().endMillis()).isEqualTo(115_500);
    assertThat(cues.get(1).startMillis()).isEqualTo(116_000);
  }

  @Test
  void textWithoutTimeIsShownAsLongAsReadingItTakes() {
    List<Cue> cues = Cues.of(List.of(said(5, 5, "x".repeat(30))));
    assertThat(cues.getFirst().startMillis()).isEqualTo(5_000);
    assertThat(cues.getFirst().endMillis()).isEqualTo(7_000);
  }

  @Test
  void speakersWhoTalkAtOnceOverlapInOrderOfTheirStart() {
    List<Segment> segments =
        List.of(said(5, 9, "long"), said(6, 7, "between"), said(3, 4, "earlier"));
    isValid(segments);
    assertThat(Cues.of(segments))
        .extracting(cue -> cue.lines().getFirst())
        .containsExactly("earlier", "long", "between");
  }

  @Test
  void whatIsSaidCannotBreakTheFile() {
    String nasty = "1\n\n00:00:00,000 --> 00:00:01,000\r\nhm\u2028<b>&amp;\u0000-->";
    isValid(List.of(said(0, 2, nasty), said("A>\n-->", nasty)));
    String vtt = WebVtt.render(List.of(said("<x>", "a < b & c -->")));
    assertThat(vtt).contains("<v &lt;x&gt;>a &lt; b &amp; c --&gt;");
    assertThat(SubRip.render(List.of(said("Ann", "a --> b")))).contains("Ann:\na → b\n");
  }

  @Test
  void writingWithoutSpacesIsCutBetweenCharactersAsPeopleSeeThem() {
    String family = "👨‍👩‍👧‍👦";
    List<Segment> segments = List.of(said(0, 10, family.repeat(40)), said(10, 20, "字".repeat(200)));
    isValid(segments);
    for (Cue cue : Cues.of(segments)) {
      for (String line : cue.lines()) {
        assertThat(line).matches("(" + family + ")+|字+");
      }
    }
  }

  @Test
  void rightToLeftTextKeepsItsOrder() {
    String hebrew = "שלום עולם, מה שלומך היום?";
    assertThat(SubRip.render(List.of(said(0, 2, hebrew)))).contains("\n" + hebrew + "\n");
    assertThat(WebVtt.render(List.of(said(0, 2, hebrew)))).contains("\n" + hebrew + "\n");
    assertThat(PlainText.render(List.of(said(0, 2, hebrew)))).isEqualTo(hebrew + "\n");
  }

  @Test
  void timesThatMakeNoSenseMakeAValidFile() {
    isValid(
        List.of(
            said(Double.NaN, Double.NaN, "a"),
            said(-5, -1, "b"),
            said(3, 1, "c"),
            said(2, Double.POSITIVE_INFINITY, "d"),
            new Segment(
                1,
                2,
                null,
                "e f",
                null,
                List.of(),
                List.of(new Word(9, 3, "e", null), new Word(Double.NaN, -1, "f", null)))));
  }

  @Test
  void anyTextMakesAValidFile() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String alphabet = "ab ,.-> \n\r\t<&>\u0000\u00a0\u2028字שé🎙️1234:";
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(300);
      int[] points = alphabet.codePoints().toArray();
      for (int index = 0; index < length; index++) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      double start = random.nextDouble(100_000);
      try {
        isValid(List.of(said(start, start + random.nextDouble(60), text.toString())));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void markdownShowsWhatWasSaidAndWhatIsMissingAndIsNobodysMarkup() {
    String page =
        Markdown.render(
            "A <b>title</b>",
            "# no heading\n- no list\n1. no number\nA [link](https://example.org)",
            List.of(new Segment(65, 70, "Ann*", "*Two*\nlines", null, List.of(), List.of())),
            List.of(new Gap(70, 3700, "not_decodable")));
    assertThat(page)
        .isEqualTo(
            """
            # A \\<b\\>title\\</b\\>

            \\# no heading \s
            \\- no list \s
            1\\. no number \s
            A \\[link\\](https://example.org)

            ## Transcript

            **00:01:05** *Ann\\*:* \\*Two\\* \s
            lines

            ## Missing

            - 00:01:10 to 01:01:40: not\\_decodable
            """);
  }

  @Test
  void plainTextIsOneLineASegmentWithItsSpeaker() {
    assertThat(PlainText.render(List.of(said("Ann", " Hello. "), said(0, 1, "Bye."))))
        .isEqualTo("Ann: Hello.\nBye.\n");
  }
}
