package dev.talkmill.worker.speech;

import edu.cmu.sphinx.frontend.BaseDataProcessor;
import edu.cmu.sphinx.frontend.Data;
import edu.cmu.sphinx.frontend.DataEndSignal;
import edu.cmu.sphinx.frontend.DataStartSignal;
import edu.cmu.sphinx.frontend.DoubleData;
import edu.cmu.sphinx.frontend.endpoint.SpeechEndSignal;
import edu.cmu.sphinx.frontend.endpoint.SpeechStartSignal;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Ends an utterance that goes on for too long. The recogniser keeps every path through an utterance
 * in memory until its end, and noise, music or a speaker without a pause has no end. From {@value
 * #SOFT_SECONDS} s on it cuts at the first quiet block, at {@value #HARD_SECONDS} s anywhere.
 *
 * <p>Public because the recogniser's configuration creates it by name.
 */
public final class UtteranceLimiter extends BaseDataProcessor {

  static final int SOFT_SECONDS = 20;
  static final int HARD_SECONDS = 30;

  /** A block is quiet where its power is below this part of the utterance's mean: 17 dB less. */
  private static final double QUIET = 0.02;

  private final Deque<Data> waiting = new ArrayDeque<>();
  private long samples;
  private double energy;

  @Override
  public @Nullable Data getData() {
    Data data = waiting.isEmpty() ? getPredecessor().getData() : waiting.poll();
    if (data instanceof DoubleData block) {
      return limited(block);
    }
    if (data instanceof SpeechStartSignal
        || data instanceof SpeechEndSignal
        || data instanceof DataStartSignal
        || data instanceof DataEndSignal) {
      restart();
    }
    return data;
  }

  private Data limited(DoubleData block) {
    if (mustCut(block)) {
      long cutMillis = block.getCollectTime();
      restart();
      waiting.add(new SpeechStartSignal(cutMillis));
      waiting.add(block);
      return new SpeechEndSignal(cutMillis);
    }
    samples += block.getValues().length;
    energy += energy(block);
    return block;
  }

  private boolean mustCut(DoubleData block) {
    double seconds = samples / (double) block.getSampleRate();
    if (seconds < SOFT_SECONDS) {
      return false;
    }
    double power = energy(block) / block.getValues().length;
    return seconds >= HARD_SECONDS || power < QUIET * energy / samples;
  }

  private static double energy(DoubleData block) {
    double sum = 0;
    for (double value : block.getValues()) {
      sum += value * value;
    }
    return sum;
  }

  private void restart() {
    samples = 0;
    energy = 0;
  }
}
