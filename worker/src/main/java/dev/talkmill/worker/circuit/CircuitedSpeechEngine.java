package dev.talkmill.worker.circuit;

import dev.talkmill.pipeline.transcribe.Recognition;
import dev.talkmill.pipeline.transcribe.SpeechEngine;
import dev.talkmill.pipeline.transcribe.SpeechRequest;

/** A speech engine behind a circuit. */
public record CircuitedSpeechEngine(SpeechEngine engine, ProviderCircuit circuit)
    implements SpeechEngine {

  @Override
  public String provider() {
    return engine.provider();
  }

  @Override
  public String model() {
    return engine.model();
  }

  @Override
  public Recognition recognize(SpeechRequest request) {
    return circuit.call(() -> engine.recognize(request));
  }
}
