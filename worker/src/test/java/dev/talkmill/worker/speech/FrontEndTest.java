package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;

import edu.cmu.sphinx.frontend.BaseDataProcessor;
import edu.cmu.sphinx.frontend.Data;
import edu.cmu.sphinx.frontend.DataEndSignal;
import edu.cmu.sphinx.frontend.DataStartSignal;
import edu.cmu.sphinx.frontend.DoubleData;
import edu.cmu.sphinx.frontend.endpoint.SpeechEndSignal;
import edu.cmu.sphinx.frontend.endpoint.SpeechStartSignal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrontEndTest {

  private static final int BLOCKS_PER_SECOND = 100;

  @Test
  void anUtteranceWithoutAPauseIsCutAtTheHardLimitAndNoBlockIsLost() {
    List<Data> in = utterance(70, -1);

    List<Data> out = through(new UtteranceLimiter(), in);

    assertThat(speechLengths(out)).containsExactly(30, 30, 10);
    assertThat(out.stream().filter(DoubleData.class::isInstance).toList())
        .isEqualTo(in.stream().filter(DoubleData.class::isInstance).toList());
  }

  @Test
  void aQuietBlockAfterTheSoftLimitIsWhereItIsCut() {
    assertThat(speechLengths(through(new UtteranceLimiter(), utterance(40, 24))))
        .containsExactly(24, 16);
    assertThat(speechLengths(through(new UtteranceLimiter(), utterance(29, 10))))
        .containsExactly(29);
  }

  @Test
  void theMeanOfTheRecordingSoFarIsTakenOut() {
    RecordingCepstralMean mean = new RecordingCepstralMean();
    List<Data> in = new ArrayList<>();
    in.add(new DataStartSignal(16_000));
    in.addAll(List.of(new SpeechStartSignal(), cepstrum(1), cepstrum(3), new SpeechEndSignal()));
    in.addAll(List.of(new SpeechStartSignal(), cepstrum(8), new SpeechEndSignal()));

    assertThat(values(through(mean, in))).containsExactly(-1.0, 1.0, 4.0);
  }

  @Test
  void aNewRecordingStartsWithoutThePast() {
    RecordingCepstralMean mean = new RecordingCepstralMean();
    List<Data> recording =
        List.of(
            new DataStartSignal(16_000),
            new SpeechStartSignal(),
            cepstrum(1),
            cepstrum(3),
            new SpeechEndSignal(),
            new DataEndSignal(0));
    List<Data> other =
        List.of(new DataStartSignal(16_000), cepstrum(100), cepstrum(200), new DataEndSignal(0));

    through(mean, other);

    assertThat(values(through(mean, recording))).containsExactly(-1.0, 1.0);
  }

  private static List<Data> utterance(int seconds, int quietSecond) {
    List<Data> data = new ArrayList<>();
    data.add(new SpeechStartSignal());
    for (int i = 0; i < seconds * BLOCKS_PER_SECOND; i++) {
      double[] samples = new double[160];
      Arrays.fill(samples, i == quietSecond * BLOCKS_PER_SECOND ? 1 : 1_000);
      data.add(new DoubleData(samples, 16_000, i * 160L));
    }
    data.add(new SpeechEndSignal());
    return data;
  }

  private static Data cepstrum(double value) {
    return new DoubleData(new double[] {value}, 16_000, 0);
  }

  /** Whole seconds between each start and end of speech. */
  private static List<Integer> speechLengths(List<Data> data) {
    List<Integer> lengths = new ArrayList<>();
    int blocks = 0;
    for (Data one : data) {
      if (one instanceof SpeechStartSignal) {
        blocks = 0;
      } else if (one instanceof SpeechEndSignal) {
        lengths.add(blocks / BLOCKS_PER_SECOND);
      } else {
        blocks++;
      }
    }
    return lengths;
  }

  private static List<Double> values(List<Data> data) {
    return data.stream()
        .filter(DoubleData.class::isInstance)
        .map(one -> ((DoubleData) one).getValues()[0])
        .toList();
  }

  private static List<Data> through(BaseDataProcessor processor, Collection<Data> in) {
    processor.setPredecessor(new Source(in));
    List<Data> out = new ArrayList<>();
    for (Data data = processor.getData(); data != null; data = processor.getData()) {
      out.add(data);
    }
    return out;
  }

  private static final class Source extends BaseDataProcessor {

    private final Deque<Data> data;

    private Source(Collection<Data> data) {
      this.data = new ArrayDeque<>(data);
    }

    @Override
    public Data getData() {
      return data.poll();
    }
  }
}
