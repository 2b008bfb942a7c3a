package dev.talkmill.worker.circuit;

import dev.talkmill.pipeline.failure.Cause;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.failure.PostponedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Stops asking a provider that does not answer, and probes it with one real call after a while.
 * Answers that blame the recording, not the provider, count as success.
 */
public final class ProviderCircuit {

  private static final int WINDOW = 10;
  private static final int CALLS_MIN = 5;
  private static final float FAILURE_PERCENT = 60;
  private static final int PROBES = 1;

  private final String provider;
  private final Duration open;
  private final CircuitBreaker breaker;

  /**
   * A closed circuit.
   *
   * @param open how long it stays open before a probe
   */
  public ProviderCircuit(String provider, Duration open, MeterRegistry meters) {
    this.provider = provider;
    this.open = open;
    this.breaker =
        CircuitBreaker.of(
            provider,
            CircuitBreakerConfig.custom()
                .slidingWindow(
                    WINDOW,
                    CALLS_MIN,
                    SlidingWindowType.COUNT_BASED,
                    CircuitBreakerConfig.SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                .failureRateThreshold(FAILURE_PERCENT)
                .waitDurationInOpenState(open)
                .automaticTransitionFromOpenToHalfOpenEnabled(true)
                .permittedNumberOfCallsInHalfOpenState(PROBES)
                .build());
    Gauge.builder("talkmill.provider.circuit.open", breaker, ProviderCircuit::isOpen)
        .tag("provider", provider)
        .register(meters);
  }

  /**
   * Calls the provider unless the circuit is open.
   *
   * @throws PostponedException if it is
   */
  public <T> T call(Supplier<T> call) {
    if (!breaker.tryAcquirePermission()) {
      throw new PostponedException(
          provider + " is not asked because its last calls failed; it is probed again soon", open);
    }
    long start = System.nanoTime();
    try {
      T answer = call.get();
      breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      return answer;
    } catch (FailureException e) {
      if (blamesProvider(e.failure().code())) {
        breaker.onError(System.nanoTime() - start, TimeUnit.NANOSECONDS, e);
      } else {
        breaker.onSuccess(System.nanoTime() - start, TimeUnit.NANOSECONDS);
      }
      throw e;
    } catch (RuntimeException e) {
      breaker.releasePermission();
      throw e;
    }
  }

  /** Of so many free places, those that may be filled with calls now. */
  public int places(int free) {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> 0;
      case HALF_OPEN -> Math.min(free, PROBES);
      case CLOSED, DISABLED, METRICS_ONLY -> free;
    };
  }

  private static boolean blamesProvider(FailureCode code) {
    return code.cause() == Cause.PROVIDER && code.retryable();
  }

  private static double isOpen(CircuitBreaker breaker) {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN, HALF_OPEN -> 1;
      case CLOSED, DISABLED, METRICS_ONLY -> 0;
    };
  }
}
