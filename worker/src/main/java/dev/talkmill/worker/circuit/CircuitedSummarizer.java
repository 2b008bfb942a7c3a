package dev.talkmill.worker.circuit;

import dev.talkmill.pipeline.summarize.Summarizer;

/** A summariser behind a circuit. */
public record CircuitedSummarizer(Summarizer summarizer, ProviderCircuit circuit)
    implements Summarizer {

  @Override
  public String provider() {
    return summarizer.provider();
  }

  @Override
  public String model() {
    return summarizer.model();
  }

  @Override
  public Summary summarize(SummaryRequest request) {
    return circuit.call(() -> summarizer.summarize(request));
  }
}
