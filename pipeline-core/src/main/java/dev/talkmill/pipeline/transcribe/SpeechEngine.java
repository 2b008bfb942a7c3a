package dev.talkmill.pipeline.transcribe;

/**
 * Speech to text. Throws {@link dev.talkmill.pipeline.failure.FailureException} with one of the
 * {@code provider_*} codes. Never retries by itself: the ledger owns retries.
 */
public interface SpeechEngine {

  /** Name of the provider as stored with every transcript, for example {@code offline}. */
  String provider();

  /** Name of the model as asked for; the answer may name a more exact one. */
  String model();

  /** Recognises; blocks until done, at most {@code request.timeout()}. */
  Recognition recognize(SpeechRequest request);
}
