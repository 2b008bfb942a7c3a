package dev.talkmill.worker.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecognizerPoolTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final AtomicInteger made = new AtomicInteger();

  @Test
  void noneIsMadeBeforeItIsNeededAndOneIsUsedAgain() {
    RecognizerPool<Integer> pool = new RecognizerPool<>(3, made::incrementAndGet);
    assertThat(made).hasValue(0);
    List<Integer> used = new ArrayList<>();

    for (int i = 0; i < 5; i++) {
      pool.use(LONG, used::add);
    }

    assertThat(used).containsOnly(1);
  }

  @Test
  void oneThatFailedIsThrownAwayAndItsSlotIsFree() {
    RecognizerPool<Integer> pool = new RecognizerPool<>(1, made::incrementAndGet);
    List<Integer> used = new ArrayList<>();

    assertThatThrownBy(() ->
            pool.use(
                LONG,
                _ -> {
                  throw new IllegalStateException("broken");
                }))
        .hasMessage("broken");
    pool.use(LONG, used::add);

    assertThat(used).containsExactly(2);
  }

  @Test
  void aSlotIsFreeAgainWhenMakingOneFailed() {
    RecognizerPool<Integer> pool =
        new RecognizerPool<>(
            1,
            () -> {
              if (made.incrementAndGet() == 1) {
                throw new IllegalStateException("no model");
              }
              return made.get();
            });
    List<Integer> used = new ArrayList<>();

    assertThatThrownBy(() -> pool.use(LONG, used::add)).hasMessage("no model");
    pool.use(LONG, used::add);

    assertThat(used).containsExactly(2);
  }

  @Test
  void waitingForABusyOneHasALimit() throws Exception {
    RecognizerPool<Integer> pool = new RecognizerPool<>(1, made::incrementAndGet);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    Thread holder = Thread.ofVirtual().start(() -> pool.use(LONG, _ -> hold(busy, done)));
    busy.await();

    assertThatThrownBy(() -> pool.use(Duration.ofMillis(20), _ -> {}))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.PROVIDER_UNAVAILABLE));

    done.countDown();
    holder.join();
    assertThat(made).hasValue(1);
  }

  @Test
  void noTwoThreadsEverHoldTheSameOne() throws Exception {
    int slots = 3;
    RecognizerPool<Integer> pool = new RecognizerPool<>(slots, made::incrementAndGet);
    Set<Integer> held = ConcurrentHashMap.newKeySet();
    AtomicInteger shared = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> uses = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        uses.add(
            threads.submit(() ->
                pool.use(
                    LONG,
                    one -> {
                      if (!held.add(one)) {
                        shared.incrementAndGet();
                      }
                      Thread.yield();
                      held.remove(one);
                    })));
      }
      for (Future<?> use : uses) {
        use.get(1, TimeUnit.MINUTES);
      }
    }

    assertThat(shared).hasValue(0);
    assertThat(made.get()).isBetween(1, slots);
  }

  private static void hold(CountDownLatch busy, CountDownLatch done) {
    busy.countDown();
    try {
      assertThat(done.await(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
