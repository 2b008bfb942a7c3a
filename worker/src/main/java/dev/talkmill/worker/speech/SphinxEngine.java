package dev.talkmill.worker.speech;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The offline fallback: CMU Sphinx with its US English model. It needs no account and no network,
 * and hears about two words in three of a person reading aloud; its text is lower case without
 * punctuation. Whatever the language of the audio, it hears English, and says so in its answer.
 *
 * <p>A recogniser costs about 175 MB of heap; one is made for each slot when first needed. Audio is
 * read as it is recognised, so its length costs no memory. Key terms are not used.
 *
 * <p>Fails with provider_timeout when the limit is over, loading and waiting included;
 * provider_unavailable when no recogniser is free or one broke; internal_error when interrupted or
 * when the WAV file can't be read.
 */
public final class SphinxEngine implements SpeechEngine {

  public static final String PROVIDER = "offline";
  public static final String MODEL = "cmusphinx-en-us";

  private final RecognizerPool<SphinxRecognizer> pool;
  private final LongSupplier nanos;

  /**
   * An engine of its own recognisers.
   *
   * @param slots recordings recognised at once; each takes a core
   */
  public SphinxEngine(int slots) {
    this(new RecognizerPool<>(slots, SphinxEngine::load), System::nanoTime);
  }

  SphinxEngine(RecognizerPool<SphinxRecognizer> pool, LongSupplier nanos) {
    this.pool = pool;
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
  public Recognition recognize(SpeechRequest request) {
    long started = nanos.getAsLong();
    Duration timeout = request.timeout();
    BooleanSupplier timeOver = () -> nanos.getAsLong() - started >= timeout.toNanos();
    List<SpeechSegment> segments = new ArrayList<>();
    BooleanSupplier stop = () -> timeOver.getAsBoolean() || Thread.currentThread().isInterrupted();
    try (WavSpeechStream samples = WavSpeechStream.open(request.wav(), request.progress(), stop)) {
      pool.use(timeout, recognizer -> recognize(recognizer, samples, request, segments));
      if (samples.stopped()) {
        throw stopped(samples.secondsRead(), request, timeOver.getAsBoolean());
      }
    } catch (FileNotFoundException e) {
      throw FailureException.of(FailureCode.INTERNAL_ERROR, "the prepared audio is gone", e);
    } catch (IOException e) {
      throw FailureException.of(
          FailureCode.INTERNAL_ERROR, "the prepared audio can't be read: " + e.getMessage(), e);
    }
    request.progress().secondsDone(request.seconds());
    return new Recognition("en", segments, MODEL, null);
  }

  private static void recognize(
      SphinxRecognizer recognizer,
      WavSpeechStream samples,
      SpeechRequest request,
      List<SpeechSegment> into) {
    try {
      recognizer.recognize(
          samples, words -> into.addAll(UtteranceSegments.of(words, request.seconds())));
    } catch (RuntimeException e) {
      throw FailureException.of(
          FailureCode.PROVIDER_UNAVAILABLE,
          "the offline recogniser broke after %.0f s of audio: %s"
              .formatted(samples.secondsRead(), e.getClass().getSimpleName()),
          e);
    }
  }

  private static FailureException stopped(
      double secondsRead, SpeechRequest request, boolean timeOver) {
    String done = "%.0f of %.0f s of audio".formatted(secondsRead, request.seconds());
    return timeOver
        ? FailureException.of(
            FailureCode.PROVIDER_TIMEOUT,
            "the offline recogniser got through "
                + done
                + " within its limit of "
                + request.timeout().toMillis()
                + " ms")
        : FailureException.of(
            FailureCode.INTERNAL_ERROR, "interrupted after " + done + " were recognised");
  }

  private static SphinxRecognizer load() {
    try {
      return SphinxRecognizer.create();
    } catch (IOException e) {
      throw FailureException.of(
          FailureCode.INTERNAL_ERROR, "the offline speech model can't be loaded", e);
    }
  }
}
