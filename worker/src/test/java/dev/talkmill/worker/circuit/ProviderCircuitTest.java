package dev.talkmill.worker.circuit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.talkmill.jobs.testing.Await;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.failure.PostponedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProviderCircuitTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @Test
  void aProviderThatKeepsFailingIsNotAskedAnyMore() {
    ProviderCircuit circuit = new ProviderCircuit("p", Duration.ofHours(1), meters);
    fail(circuit, FailureCode.PROVIDER_UNAVAILABLE, 5);

    assertThat(circuit.places(7)).isZero();
    assertThat(meters.get("talkmill.provider.circuit.open").gauge().value()).isEqualTo(1);
    assertThatExceptionOfType(PostponedException.class)
        .isThrownBy(() -> circuit.call(() -> "asked"))
        .satisfies(e -> assertThat(e.waitFor()).isEqualTo(Duration.ofHours(1)));
  }

  @Test
  void recordingsThatAreRefusedDoNotOpenTheCircuit() {
    ProviderCircuit circuit = new ProviderCircuit("p", Duration.ofHours(1), meters);
    fail(circuit, FailureCode.PROVIDER_REJECTED, 20);

    assertThat(circuit.places(7)).isEqualTo(7);
    assertThat(circuit.<String>call(() -> "asked")).isEqualTo("asked");
  }

  @Test
  void anOpenCircuitIsProbedWithOneCallAndClosedByItsSuccess() {
    ProviderCircuit circuit = new ProviderCircuit("p", Duration.ofMillis(1), meters);
    fail(circuit, FailureCode.PROVIDER_TIMEOUT, 5);
    Await.until(() -> circuit.places(7), places -> places == 1);

    assertThat(circuit.<String>call(() -> "probe")).isEqualTo("probe");
    assertThat(circuit.places(7)).isEqualTo(7);
  }

  private static void fail(ProviderCircuit circuit, FailureCode code, int times) {
    for (int i = 0; i < times; i++) {
      assertThatExceptionOfType(FailureException.class)
          .isThrownBy(() ->
              circuit.call(() -> {
                throw FailureException.of(code, "as told");
              }));
    }
  }
}
