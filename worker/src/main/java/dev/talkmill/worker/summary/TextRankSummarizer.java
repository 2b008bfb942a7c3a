package dev.talkmill.worker.summary;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.worker.summary.Shortlist.Sentence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The offline summariser: no model and no network, it picks the 1 to 4 sentences of the transcript
 * that share most with the rest, in their order. It can't translate: the summary is in the language
 * of the transcript. Time and memory grow with the length of the transcript, not its square.
 *
 * <p>Fails with provider_timeout when the limit is over, and provider_bad_answer where the
 * transcript is blank.
 */
public final class TextRankSummarizer implements Summarizer {

  public static final String PROVIDER = "offline";
  public static final String MODEL = "textrank";

  /** Sentences that share more of their words than this say the same. */
  private static final double SAME_ABOVE = 0.7;

  private final LongSupplier nanos;

  public TextRankSummarizer() {
    this(System::nanoTime);
  }

  TextRankSummarizer(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public String provider() {
    return PROVIDER;
  }

  @Override
  public String model() {
    return MODEL;
  }

  @Override
  public Summary summarize(SummaryRequest request) {
    TextLanguage language = TextLanguage.of(request.language(), request.segments());
    List<String> sentences = SentenceSplitter.split(request.segments(), language.locale());
    if (sentences.isEmpty()) {
      throw FailureException.of(
          FailureCode.PROVIDER_BAD_ANSWER, "there is no text in the transcript to summarise");
    }
    Shortlist shortlist = new Shortlist(language, limit(request.timeout()));
    List<Sentence> candidates = shortlist.of(sentences);
    if (candidates.isEmpty()) {
      return new Summary(Sentences.written(sentences.getFirst()), null, MODEL);
    }
    Map<Sentence, Double> ranks = SentenceRank.of(candidates);
    String text =
        picked(candidates, ranks, wanted(sentences.size())).stream()
            .map(sentence -> Sentences.written(sentence.text()))
            .collect(Collectors.joining(" "));
    TitleTerms titles = new TitleTerms(shortlist, ranks);
    return new Summary(
        text, request.titleWanted() ? titles.title(request.keyTerms()) : null, MODEL);
  }

  /** Two sentences for a short talk, four for a long one. */
  private static int wanted(int sentences) {
    return sentences < 10 ? 2 : sentences < 30 ? 3 : 4;
  }

  private static List<Sentence> picked(
      List<Sentence> candidates, Map<Sentence, Double> ranks, int wanted) {
    List<Sentence> byRank = new ArrayList<>(candidates);
    byRank.sort(
        Comparator.comparingDouble((Sentence s) -> -ranks.getOrDefault(s, 0.0))
            .thenComparingInt(Sentence::index));
    List<Sentence> picked = new ArrayList<>();
    for (Sentence sentence : byRank) {
      if (picked.size() < wanted && picked.stream().noneMatch(other -> same(sentence, other))) {
        picked.add(sentence);
      }
    }
    picked.sort(Comparator.comparingInt(Sentence::index));
    return picked;
  }

  private static boolean same(Sentence one, Sentence other) {
    return SentenceRank.overlap(one.stems(), other.stems()) > SAME_ABOVE;
  }

  private Runnable limit(Duration timeout) {
    long started = nanos.getAsLong();
    return () -> {
      if (nanos.getAsLong() - started >= timeout.toNanos()) {
        throw FailureException.of(
            FailureCode.PROVIDER_TIMEOUT,
            "the transcript was not summarised within " + timeout.toMillis() + " ms");
      }
      if (Thread.currentThread().isInterrupted()) {
        throw FailureException.of(
            FailureCode.INTERNAL_ERROR, "interrupted while summarising a transcript");
      }
    };
  }
}
