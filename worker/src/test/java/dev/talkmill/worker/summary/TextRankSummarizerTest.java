package dev.talkmill.worker.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.summarize.Summarizer.Summary;
import dev.talkmill.pipeline.summarize.Summarizer.SummaryRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TextRankSummarizerTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private static final List<String> LIBRARY =
      List.of(
          "Good morning everybody. Nice weather today.",
          "We are here to talk about the opening hours of the school library.",
          "Parents told us that the library closes",
          "too early for children who come after school.",
          "The library could open until six if parents help on Saturdays.",
          "Somebody left an umbrella. Coffee is over there.",
          "So we will ask the town whether the library may open longer on Saturdays.",
          "Thank you all.");

  private final TextRankSummarizer summarizer = new TextRankSummarizer();

  @Test
  void theSentencesThatShareMostAreTakenInTheirOrder() {
    Summary summary = summarize(LIBRARY, "en");

    assertThat(summary.text()).contains("library").doesNotContain("umbrella", "weather");
    String whole = String.join(" ", LIBRARY);
    int last = -1;
    for (String sentence : summary.text().split("(?<=[.]) ")) {
      assertThat(whole.indexOf(sentence)).isGreaterThan(last);
      last = whole.indexOf(sentence);
    }
    assertThat(summary.text().split("(?<=[.]) ").length).isBetween(2, 4);
    assertThat(summary.model()).isEqualTo("textrank");
  }

  @Test
  void aSentenceThatRunsOverTwoSegmentsIsWhole() {
    Summary summary =
        summarize(
            List.of("Parents told us that the library closes", "too early for the children."),
            "en");

    assertThat(summary.text())
        .isEqualTo("Parents told us that the library closes too early for the children.");
  }

  @Test
  void oneSentenceIsItsOwnSummary() {
    assertThat(summarize(List.of("we will meet on thursday"), "en").text())
        .isEqualTo("We will meet on thursday.");
  }

  @Test
  void wordsThatSayNothingStillGiveASummary() {
    assertThat(summarize(List.of("yes", "it is"), "en").text()).isEqualTo("Yes.");
    assertThat(summarize(List.of("👍"), null).text()).isEqualTo("👍");
    assertThat(summarize(List.of("👍"), null).title()).isNull();
  }

  @Test
  void aBlankTranscriptIsNotSummarised() {
    assertThatThrownBy(() -> summarize(List.of(" ", "\n"), "en"))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.PROVIDER_BAD_ANSWER));
  }

  @Test
  void withoutPunctuationEverySegmentIsASentence() {
    Summary summary =
        summarize(
            List.of(
                "the harbour needs a new crane this year",
                "well i do not know",
                "the old crane of the harbour costs too much to repair",
                "nice coffee by the way",
                "so the council will buy a new crane for the harbour"),
            null);

    assertThat(summary.text()).contains("crane").doesNotContain("coffee");
    assertThat(summary.text()).matches("[A-Z][^.]+\\. [A-Z][^.]+\\.");
  }

  @Test
  void dutchIsKnownByTagAndByItsWords() {
    List<String> dutch =
        List.of(
            "Goedemorgen allemaal, fijn dat jullie er zijn.",
            "Het gaat vandaag over de openingstijden van de bibliotheek.",
            "Volgens de ouders sluit de bibliotheek veel te vroeg voor de kinderen.",
            "De koffie staat daar op de tafel.",
            "De gemeente kan de openingstijden van de bibliotheek op zaterdag verruimen.");

    Summary told = summarize(dutch, "nl");
    assertThat(told.text()).contains("bibliotheek").doesNotContain("koffie");
    assertThat(told.title()).containsIgnoringCase("bibliotheek");
    assertThat(summarize(dutch, null)).isEqualTo(told);
    assertThat(summarize(dutch, "nl-BE")).isEqualTo(told);
  }

  @Test
  void aLanguageWithoutRulesIsSummarisedToo() {
    Summary summary =
        summarize(
            List.of("Kirjasto sulkeutuu liian aikaisin.", "Kirjasto voisi olla auki lauantaina."),
            "fi");

    assertThat(summary.text()).contains("Kirjasto");
    assertThat(summary.title()).contains("Kirjasto");
  }

  @Test
  void theTitleIsOneToThreeWordsAndPrefersKeyTerms() {
    Summary plain = summarize(LIBRARY, "en");
    Summary keyed =
        summarizer.summarize(
            new SummaryRequest(LIBRARY, "en", List.of("Zeppelin", "School Library"), true, LONG));

    assertThat(plain.title()).containsIgnoringCase("library");
    assertThat(plain.title().split(" ").length).isBetween(1, 3);
    assertThat(keyed.title()).startsWith("School Library");
    assertThat(keyed.title().split(" ").length).isBetween(2, 3);
  }

  @Test
  void noTitleIsMadeWhereNoneIsWanted() {
    SummaryRequest request = new SummaryRequest(LIBRARY, "en", List.of(), false, LONG);

    assertThat(summarizer.summarize(request).title()).isNull();
  }

  @Test
  void aHundredThousandSegmentsAreRankedByAShortlist() {
    List<String> segments = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < 100_000; i++) {
      segments.add(
          "Word%d meets word%d and word%d here."
              .formatted(random.nextInt(5_000), random.nextInt(5_000), random.nextInt(5_000)));
    }
    TextLanguage english = TextLanguage.of("en", segments);
    AtomicLong visits = new AtomicLong();

    List<Shortlist.Sentence> candidates =
        new Shortlist(english, visits::incrementAndGet).of(segments);

    assertThat(candidates).hasSize(Shortlist.SENTENCES_MAX);
    assertThat(visits).hasValue(2L * segments.size());
    Summary summary = summarize(segments, "en");
    assertThat(summary.text().split("[.] ")).hasSize(4);
  }

  @Test
  void oneEndlessSentenceDoesNotBecomeTheSummary() {
    Summary summary =
        summarize(List.of("the crane of the harbour is old and ".repeat(5_000)), "en");

    assertThat(summary.text().length()).isLessThan(5 * SentenceSplitter.SENTENCE_CHARS_MAX);
  }

  @Test
  void theLimitIsKept() {
    AtomicLong nanos = new AtomicLong();
    TextRankSummarizer slow =
        new TextRankSummarizer(() -> nanos.addAndGet(Duration.ofSeconds(20).toNanos()));

    assertThatThrownBy(
            () -> slow.summarize(new SummaryRequest(LIBRARY, "en", List.of(), true, LONG)))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.PROVIDER_TIMEOUT));
  }

  private Summary summarize(List<String> segments, String language) {
    return summarizer.summarize(new SummaryRequest(segments, language, List.of(), true, LONG));
  }
}
