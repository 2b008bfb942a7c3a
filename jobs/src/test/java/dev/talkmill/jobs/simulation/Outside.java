package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Recording.Read;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import dev.talkmill.pipeline.prepare.DecodedAudio.Range;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What is outside of the processes and the database: decoder, recogniser, summarizer, bucket. It
 * outlives processes, and each call is two side effects to them: one may die, stand still, or see
 * time pass before it as well as between the effect and its answer.
 */
final class Outside {

  static final String SPEECH = "simulated-speech";
  static final String SUMMARY = "simulated-summary";

  private static final double SECONDS = 10;

  /** Of a long recording, which is cut in two. */
  private static final double SECONDS_LONG = 2 * Steps.PART.toSeconds();

  private static final int FLAKY_FAILURES = 2;

  private final Map<Integer, Integer> tries = new HashMap<>();
  private final Chronicle chronicle;
  private final Map<Integer, Integer> answers = new HashMap<>();
  private boolean failNext;

  Outside(Chronicle chronicle) {
    this.chronicle = chronicle;
  }

  /** How many recognitions of a recording were answered, and so paid for. */
  int answers(int number) {
    return answers.getOrDefault(number, 0);
  }

  /** Makes the next call of the bucket fail, as in an outage. */
  void failNext() {
    failNext = true;
  }

  void spare() {
    failNext = false;
  }

  /** A refusal is an answer too: one may die, or time pass, before it is heard. */
  <T> T call(Moment before, Moment after, Supplier<T> effect) {
    Strand strand = Strand.current();
    if (strand == null) {
      return effect.get();
    }
    strand.outside(before);
    T answer;
    try {
      answer = effect.get();
    } catch (FailureException e) {
      strand.outside(after);
      throw e;
    }
    strand.outside(after);
    return answer;
  }

  /** A call of the bucket, which fails if it is away. */
  void stored(Moment before, Moment after, Runnable effect) {
    call(
        before,
        after,
        () -> {
          if (failNext && Strand.current() != null) {
            failNext = false;
            chronicle.met("BUCKET AWAY");
            throw FailureException.of(FailureCode.STORAGE_UNAVAILABLE, "away for a moment");
          }
          effect.run();
          return true;
        });
  }

  /** Passes recordings on as they are. */
  AudioDecoder decoder() {
    return new AudioDecoder() {
      @Override
      public DecodedAudio decode(Path source, Path wav) {
        return call(Moment.BEFORE_DECODING, Moment.AFTER_DECODING, () -> decoded(source, wav));
      }

      @Override
      public double join(Iterable<Path> sources, Path ogg) {
        throw new UnsupportedOperationException("nothing is played here");
      }
    };
  }

  private static DecodedAudio decoded(Path source, Path wav) {
    String content = content(source);
    Recording kind = Read.of(content).kind();
    if (kind == Recording.GARBAGE) {
      throw FailureException.of(FailureCode.NOT_DECODABLE, "garbage");
    }
    try {
      Files.writeString(wav, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    double seconds = kind == Recording.LONG ? SECONDS_LONG : SECONDS;
    List<Range> silences = kind == Recording.SILENCE ? List.of(new Range(0, seconds)) : List.of();
    return new DecodedAudio("wav", "pcm_s16le", "audio/wav", seconds, seconds, silences, 0.5);
  }

  /** Writes which of the two it is into each part. */
  static void cut(Path wav, double from, double to, Path part) {
    Read whole = Read.of(content(wav));
    try {
      Files.write(part, whole.kind().bytes(whole.number(), from > 0 ? 2 : 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SpeechEngine speech() {
    return new SpeechEngine() {
      @Override
      public String provider() {
        return SPEECH;
      }

      @Override
      public String model() {
        return "oracle";
      }

      @Override
      public Recognition recognize(SpeechRequest request) {
        return call(
            Moment.BEFORE_RECOGNITION,
            Moment.AFTER_RECOGNITION,
            () -> heard(Read.of(content(request.wav()))));
      }
    };
  }

  private Recognition heard(Read recording) {
    int number = recording.number();
    switch (recording.kind()) {
      case REJECTED -> throw FailureException.of(FailureCode.PROVIDER_REJECTED, "refused");
      case HOPELESS -> throw FailureException.of(FailureCode.PROVIDER_TIMEOUT, "no answer");
      case FLAKY -> {
        if (tries.merge(number, 1, Integer::sum) <= FLAKY_FAILURES) {
          throw FailureException.of(FailureCode.PROVIDER_UNAVAILABLE, "not now");
        }
      }
      case TEXT, WORDS, LONG, SILENCE, MUMBLE, GARBAGE -> {}
    }
    int answered = answers.merge(number, 1, Integer::sum);
    List<SpeechSegment> segments =
        recording.words().stream()
            .map(words -> new SpeechSegment(0, SECONDS, null, words, null, null, List.of()))
            .toList();
    return new Recognition("en", segments, "oracle-1", "call-%d-%d".formatted(number, answered));
  }

  Summarizer summarizer() {
    return new Summarizer() {
      @Override
      public String provider() {
        return SUMMARY;
      }

      @Override
      public String model() {
        return "joiner";
      }

      @Override
      public Summary summarize(SummaryRequest request) {
        return call(
            Moment.BEFORE_SUMMARY,
            Moment.AFTER_SUMMARY,
            () -> new Summary(summaryOf(request.segments()), null, "joiner"));
      }
    };
  }

  static String summaryOf(List<String> texts) {
    return "Summary of " + String.join(" | ", texts);
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
