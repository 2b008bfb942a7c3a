package dev.talkmill.worker.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.JobSystem;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.lane.Lanes;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Priority;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.worker.dashboard.Dashboard;
import dev.talkmill.worker.settings.Settings;
import dev.talkmill.worker.speech.SphinxEngine;
import dev.talkmill.worker.summary.TextRankSummarizer;
import dev.talkmill.worker.wiring.PipelineWiring.Engines;
import dev.talkmill.worker.wiring.PipelineWiring.Outside;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jobrunr.jobs.filters.JobFilter;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Settings that are handed on here, where a mistake would leave them without effect. */
class PipelineWiringTest {

  private static final Map<String, String> OPENAI =
      Map.of(
          "talkmill.speech.provider", "openai",
          "talkmill.speech.openai.base-url", "http://127.0.0.1:1/v1",
          "talkmill.speech.openai.model", "m",
          "talkmill.summary.provider", "openai",
          "talkmill.summary.openai.base-url", "http://127.0.0.1:1/v1",
          "talkmill.summary.openai.model", "m");

  private static Settings settings(Map<String, String> given) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("given", Map.<String, Object>copyOf(given)));
    return Settings.bind(environment);
  }

  /** Rows of each stage that can be worked on at once. */
  private static Map<Stage, Integer> places(Map<String, String> given) {
    Lanes lanes = new Lanes(PipelineWiring.lanes(settings(given)), Map.of());
    Map<Stage, Integer> places = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      int taken = 0;
      while (lanes.tryAcquire(stage, Priority.LIVE, UUID.randomUUID()).isPresent()) {
        taken++;
      }
      places.put(stage, taken);
    }
    return places;
  }

  @Test
  void everySettingOfSlotsOpensTheLaneOfItsStage() {
    Map<String, String> slots =
        Map.of(
            "talkmill.s3.slots", "3",
            "talkmill.audio.slots", "5",
            "talkmill.speech.slots", "7",
            "talkmill.summary.slots", "11");
    assertThat(places(slots))
        .containsEntry(Stage.STORE, 3)
        .containsEntry(Stage.PREPARE, 5)
        .containsEntry(Stage.TRANSCRIBE, 7)
        .containsEntry(Stage.SUMMARIZE, 11);
    Map<String, String> outside = new HashMap<>(OPENAI);
    outside.putAll(slots);
    assertThat(places(outside)).isEqualTo(places(slots));
  }

  @Test
  void slotsOfZeroAreOnePerCoreHereAndManyOutside() {
    int cores = Runtime.getRuntime().availableProcessors();
    assertThat(places(Map.of()))
        .containsEntry(Stage.STORE, 32)
        .containsEntry(Stage.PREPARE, cores)
        .containsEntry(Stage.TRANSCRIBE, cores)
        .containsEntry(Stage.SUMMARIZE, cores);
    assertThat(places(OPENAI))
        .containsEntry(Stage.PREPARE, cores)
        .containsEntry(Stage.TRANSCRIBE, 64)
        .containsEntry(Stage.SUMMARIZE, 16);
  }

  @Test
  void aStageIsCutOffWhenTheDrainIsOver() {
    Slow slow = new Slow(new CountDownLatch(1));
    try (TestDatabase database = TestDatabase.fresh();
        WakeUp wakeUp = new WakeUp(Pools.owner(database.address()))) {
      Settings settings = settings(Map.of("talkmill.drain", "100ms"));
      PipelineWiring wiring = new PipelineWiring();
      Core core = wiring.core(database.database(), settings, Clock.systemUTC(), wakeUp);
      Bench bench = new Bench(database);
      UUID conversation = bench.conversation();
      UUID chunk = bench.chunk(conversation);
      try (JobSystem jobs = jobs(wiring, database, core, wakeUp, slow, settings)) {
        jobs.start();
        slow.awaitBegun();
      }
      assertThat(bench.only(conversation, chunk, "TRANSCRIBE").state()).isEqualTo("PENDING");
      assertThat(bench.only(conversation, chunk, "TRANSCRIBE").attempts()).isZero();
    }
  }

  @Test
  void aDashboardWithoutAPasswordOfItsOwnTakesTheFirstKey() throws Exception {
    try (TestDatabase database = TestDatabase.fresh();
        WakeUp wakeUp = new WakeUp(Pools.owner(database.address()))) {
      Settings settings = settings(Map.of("talkmill.dashboard-port", "0"));
      PipelineWiring wiring = new PipelineWiring();
      Core core = wiring.core(database.database(), settings, Clock.systemUTC(), wakeUp);
      AdminKey key = new AdminKey("the-first-key-of-all", Optional.empty());
      Slow slow = new Slow(new CountDownLatch(1));
      try (JobSystem jobs = jobs(wiring, database, core, wakeUp, slow, settings);
          Dashboard dashboard = new OperationsWiring().dashboard(jobs, settings, key);
          HttpClient http = HttpClient.newHttpClient()) {
        dashboard.start();
        for (var login : Map.of(key.value(), 200, "another-key-of-many", 401).entrySet()) {
          byte[] basic = ("admin:" + login.getKey()).getBytes(StandardCharsets.UTF_8);
          HttpRequest request =
              HttpRequest.newBuilder(dashboard.uri().resolve("/dashboard"))
                  .header("Authorization", "Basic " + Base64.getEncoder().encodeToString(basic))
                  .build();
          assertThat(http.send(request, BodyHandlers.discarding()).statusCode())
              .isEqualTo(login.getValue());
        }
      }
    }
  }

  private static JobSystem jobs(
      PipelineWiring wiring,
      TestDatabase database,
      Core core,
      WakeUp wakeUp,
      StageStep step,
      Settings settings) {
    return wiring.jobSystem(
        core,
        wakeUp,
        database.jobs(),
        List.of(step),
        new DefaultListableBeanFactory().getBeanProvider(JobFilter.class),
        List.of(),
        new Engines(
            new SphinxEngine(1), new TextRankSummarizer(), new Outside(Map.of(), List.of())),
        new SimpleMeterRegistry(),
        settings);
  }

  /** TRANSCRIBE that would end by itself, but long after a short drain. */
  private record Slow(CountDownLatch begun) implements StageStep {

    private static final int SECONDS = 8;

    void awaitBegun() {
      try {
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }

    @Override
    public Stage stage() {
      return Stage.TRANSCRIBE;
    }

    @Override
    public Ending run(Work work) {
      begun.countDown();
      try {
        assertThat(new CountDownLatch(1).await(SECONDS, TimeUnit.SECONDS)).isFalse();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw FailureException.of(FailureCode.PROVIDER_UNAVAILABLE, "interrupted");
      }
      return conversation -> Ended.with("ok");
    }

    @Override
    public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {}
  }
}
