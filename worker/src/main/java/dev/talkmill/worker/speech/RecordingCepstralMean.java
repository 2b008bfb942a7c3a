package dev.talkmill.worker.speech;

import edu.cmu.sphinx.frontend.BaseDataProcessor;
import edu.cmu.sphinx.frontend.Data;
import edu.cmu.sphinx.frontend.DataEndSignal;
import edu.cmu.sphinx.frontend.DataStartSignal;
import edu.cmu.sphinx.frontend.DoubleData;
import edu.cmu.sphinx.frontend.endpoint.SpeechEndSignal;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Takes the sound of room and microphone out of the cepstrum by subtracting its mean over the
 * recording so far, the current utterance included.
 *
 * <p>The library's own live mean carries over from one recording to the next and can't be reset, so
 * that a reused recogniser would hear the same recording differently each time; its batch mean is
 * poor on a single word. Memory is that of one utterance, which {@link UtteranceLimiter} bounds.
 *
 * <p>Public because the recogniser's configuration creates it by name.
 */
public final class RecordingCepstralMean extends BaseDataProcessor {

  /** Frames of 10 ms after which the past counts half: voices and places change. */
  private static final int MEMORY_FRAMES = 3_000;

  private final Deque<Data> utterance = new ArrayDeque<>();
  private double[] sums = new double[0];
  private long frames;

  @Override
  public @Nullable Data getData() {
    if (utterance.isEmpty()) {
      readUtterance();
    }
    return utterance.poll();
  }

  private void readUtterance() {
    Data data = getPredecessor().getData();
    while (data != null) {
      utterance.add(data);
      switch (data) {
        case DataStartSignal _ -> forget();
        case DoubleData cepstrum -> add(cepstrum.getValues());
        default -> {}
      }
      if (data instanceof SpeechEndSignal || data instanceof DataEndSignal) {
        break;
      }
      data = getPredecessor().getData();
    }
    normalize();
  }

  private void forget() {
    sums = new double[0];
    frames = 0;
  }

  private void add(double[] cepstrum) {
    if (sums.length != cepstrum.length) {
      sums = new double[cepstrum.length];
      frames = 0;
    }
    for (int i = 0; i < cepstrum.length; i++) {
      sums[i] += cepstrum[i];
    }
    frames++;
  }

  private void normalize() {
    if (frames == 0) {
      return;
    }
    for (Data data : utterance) {
      if (data instanceof DoubleData cepstrum) {
        double[] values = cepstrum.getValues();
        for (int i = 0; i < values.length; i++) {
          values[i] -= sums[i] / frames;
        }
      }
    }
    if (frames > MEMORY_FRAMES) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] /= 2;
      }
      frames /= 2;
    }
  }
}
