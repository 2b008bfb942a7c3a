package dev.talkmill.pipeline.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.pipeline.aggregate.ChunkResult.Part;
import dev.talkmill.pipeline.aggregate.ChunkResult.Source;
import dev.talkmill.pipeline.aggregate.Transcript.Gap;
import dev.talkmill.pipeline.aggregate.Transcript.Provenance;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.conversation.Outcome;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final Source ENGINE = new Source("engine", "model-1", 2, 40);

  @Test
  void chunksFollowEachOtherWithoutPause() {
    UUID first = UUID.randomUUID();
    UUID second = UUID.randomUUID();
    Transcript transcript =
        Timeline.join(
            List.of(
                whole(first, 30, "en", heard(1, 3, "one"), heard(28, 30, "two")),
                whole(second, 10, "en", heard(0.5, 2, "three"))));

    assertThat(transcript.segments())
        .extracting(Segment::text, Segment::start, Segment::end, Segment::chunkIds)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("one", 1.0, 3.0, List.of(first)),
            org.assertj.core.groups.Tuple.tuple("two", 28.0, 30.0, List.of(first)),
            org.assertj.core.groups.Tuple.tuple("three", 30.5, 32.0, List.of(second)));
    assertThat(transcript.text()).isEqualTo("one\ntwo\nthree");
    assertThat(transcript.outcome()).isEqualTo(Outcome.OK);
    assertThat(transcript.provenance())
        .containsExactly(
            new Provenance(first, "engine", "model-1", 2, 40),
            new Provenance(second, "engine", "model-1", 2, 40));
  }

  @Test
  void aWrittenChunkStandsInItsPlaceAndTakesNoTime() {
    Transcript transcript =
        Timeline.join(
            List.of(
                whole(UUID.randomUUID(), 30, "en", heard(1, 2, "spoken")),
                written("written"),
                whole(UUID.randomUUID(), 30, "en", heard(1, 2, "spoken again"))));
    assertThat(transcript.segments())
        .extracting(Segment::text)
        .containsExactly("spoken", "written", "spoken again");
    assertThat(transcript.segments()).extracting(Segment::start).containsExactly(1.0, 30.0, 31.0);
    assertThat(transcript.provenance()).hasSize(2);
  }

  @Test
  void wordsMoveWithTheirSegment() {
    SpeechSegment segment =
        new SpeechSegment(
            1,
            2,
            "A",
            "hi there",
            0.9,
            null,
            List.of(new Word(1, 1.4, "hi", 0.8), new Word(1.5, 2, "there", null)));
    Transcript transcript =
        Timeline.join(List.of(silent(20), whole(UUID.randomUUID(), 5, null, segment)));
    Segment joined = transcript.segments().getFirst();
    assertThat(joined.words())
        .containsExactly(new Word(21, 21.4, "hi", 0.8), new Word(21.5, 22, "there", null));
    assertThat(joined.speaker()).isEqualTo("A");
    assertThat(joined.confidence()).isEqualTo(0.9);
  }

  @Test
  void whatFailedIsAGapWithItsCauseAndItsSecondsStay() {
    ChunkResult failed = chunk(UUID.randomUUID(), ChunkState.FAILED, "not_decodable", 12, 0);
    Transcript transcript =
        Timeline.join(List.of(failed, whole(UUID.randomUUID(), 5, "en", heard(0, 1, "after"))));
    assertThat(transcript.gaps()).containsExactly(new Gap(0, 12, "not_decodable"));
    assertThat(transcript.segments().getFirst().start()).isEqualTo(12);
    assertThat(transcript.outcome()).isEqualTo(Outcome.PARTIAL);
  }

  @Test
  void anAudioShorterThanItsContainerClaimsIsAGapAtItsEnd() {
    UUID id = UUID.randomUUID();
    ChunkResult truncated =
        new ChunkResult(
            id,
            ChunkState.TRANSCRIBED,
            null,
            8,
            4,
            List.of(part(ChunkState.TRANSCRIBED, null, 0, 0, 8, "en", heard(0, 1, "cut"))));
    Transcript transcript = Timeline.join(List.of(silent(10), truncated));
    assertThat(transcript.gaps()).containsExactly(new Gap(18, 18, "truncated"));
    assertThat(transcript.outcome()).isEqualTo(Outcome.PARTIAL);
  }

  @Test
  void aFailedPartIsAGapOfJustWhatItAnswersFor() {
    ChunkResult split =
        new ChunkResult(
            UUID.randomUUID(),
            ChunkState.SPLIT,
            null,
            30,
            0,
            List.of(
                part(ChunkState.TRANSCRIBED, null, 0, 0, 10, "en", heard(0, 1, "a")),
                part(ChunkState.FAILED, "provider_timeout", 9, 10, 20, null),
                part(ChunkState.TRANSCRIBED, null, 19, 20, 30, "en", heard(2, 3, "c"))));
    Transcript transcript = Timeline.join(List.of(silent(5), split));
    assertThat(transcript.gaps()).containsExactly(new Gap(15, 25, "provider_timeout"));
    assertThat(transcript.segments())
        .extracting(Segment::text, Segment::start)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", 5.0),
            org.assertj.core.groups.Tuple.tuple("c", 26.0));
  }

  @Test
  void timesSlightlyOutsideOfTheAudioLoseNoWords() {
    Transcript transcript =
        Timeline.join(
            List.of(whole(UUID.randomUUID(), 10, "en", heard(-0.2, 0, "a"), heard(10, 10.4, "b"))));
    assertThat(transcript.segments()).extracting(Segment::text).containsExactly("a", "b");
  }

  @Test
  void aRecogniserWhoseTimesRunBackwardsDoesNotBreakTheTimeline() {
    Transcript transcript =
        Timeline.join(List.of(whole(UUID.randomUUID(), 10, "en", heard(5, 3, "odd"))));
    assertThat(transcript.segments()).allMatch(segment -> segment.end() >= segment.start());
  }

  @Test
  void theLanguageIsThatOfMostSecondsNotOfMostChunks() {
    Transcript transcript =
        Timeline.join(
            List.of(
                whole(UUID.randomUUID(), 5, "en", heard(0, 1, "a")),
                whole(UUID.randomUUID(), 5, "en", heard(0, 1, "b")),
                whole(UUID.randomUUID(), 20, "nl", heard(0, 1, "c"))));
    assertThat(transcript.language()).isEqualTo("nl");
    assertThat(Timeline.join(List.of(written("no language"))).language()).isNull();
  }

  @Test
  void everyConversationEndsWithAWord() {
    ChunkResult failed = chunk(UUID.randomUUID(), ChunkState.FAILED, null, 0, 0);
    assertThat(Timeline.join(List.of()).outcome()).isEqualTo(Outcome.EMPTY);
    assertThat(Timeline.join(List.of(silent(5))).outcome()).isEqualTo(Outcome.NO_SPEECH);
    assertThat(Timeline.join(List.of(failed)).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(Timeline.join(List.of(failed)).gaps()).containsExactly(new Gap(0, 0, "failed"));
    assertThat(Timeline.join(List.of(silent(5), failed)).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(Timeline.join(List.of(written("x"))).outcome()).isEqualTo(Outcome.OK);
  }

  private static SpeechSegment heard(double start, double end, String text) {
    return new SpeechSegment(start, end, null, text, null, null, List.of());
  }

  private static ChunkResult whole(
      UUID id, double seconds, @Nullable String language, SpeechSegment... heard) {
    return new ChunkResult(
        id,
        ChunkState.TRANSCRIBED,
        null,
        seconds,
        0,
        List.of(part(ChunkState.TRANSCRIBED, null, 0, 0, seconds, language, heard)));
  }

  private static ChunkResult written(String text) {
    return new ChunkResult(
        UUID.randomUUID(),
        ChunkState.TRANSCRIBED,
        null,
        0,
        0,
        List.of(
            new Part(
                ChunkState.TRANSCRIBED, null, 0, 0, 0, null, List.of(heard(0, 0, text)), null)));
  }

  private static ChunkResult silent(double seconds) {
    return chunk(UUID.randomUUID(), ChunkState.NO_SPEECH, "silent", seconds, 0);
  }

  private static ChunkResult chunk(
      UUID id, ChunkState state, @Nullable String code, double seconds, double missing) {
    return new ChunkResult(
        id, state, code, seconds, missing, List.of(part(state, code, 0, 0, seconds, null)));
  }

  private static Part part(
      ChunkState state,
      @Nullable String code,
      double offset,
      double ownedStart,
      double ownedEnd,
      @Nullable String language,
      SpeechSegment... heard) {
    Source source = state == ChunkState.TRANSCRIBED ? ENGINE : null;
    return new Part(state, code, offset, ownedStart, ownedEnd, language, List.of(heard), source);
  }
}
