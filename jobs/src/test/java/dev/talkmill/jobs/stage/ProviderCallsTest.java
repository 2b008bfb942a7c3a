package dev.talkmill.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.ledger.Claims;
import dev.talkmill.jobs.ledger.LeaseKeeper;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
import dev.talkmill.jobs.stage.ProviderCalls.Call;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A call that is announced is one that its row's holder may make. */
class ProviderCallsTest {

  private static TestDatabase database;
  private Bench bench;
  private ProviderCalls calls;
  private UUID conversation;
  private LedgerRow held;

  @BeforeAll
  static void start() {
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void hold() {
    bench = new Bench(database);
    calls = new ProviderCalls(database.database(), Clock.systemUTC(), new SimpleMeterRegistry());
    conversation = bench.conversation();
    UUID row = bench.only(conversation, bench.chunk(conversation), "TRANSCRIBE").id();
    long epoch = bench.queue(row);
    LeaseKeeper leases =
        new LeaseKeeper(database.database(), TestWorker.settings().lease(), System::nanoTime);
    Claims claims = new Claims(database.database(), bench.core().ledger(), leases, Map.of());
    LedgerRow dispatched =
        database
            .database()
            .inTenant(bench.home().tenant(), () -> bench.core().ledger().find(row))
            .orElseThrow();
    held = claims.take(dispatched, epoch, null, bench.core().rules()).orElseThrow().row();
  }

  @Test
  void aCallOfARowThatIsHeldIsAnnounced() {
    begin();
    assertThat(announced()).isEqualTo(1);
  }

  @Test
  void aCallOfARowThatIsAnothersByNowIsNotAnnounced() {
    bench.seen().update("UPDATE processing_status SET epoch = epoch + 1 WHERE id = ?", held.id());
    assertThatThrownBy(this::begin).isInstanceOf(LostClaimException.class);
    assertThat(announced()).isZero();
  }

  @Test
  void aCallOfAConversationThatWasErasedLeavesNoTrace() {
    assertThat(erase()).isTrue();
    assertThatThrownBy(this::begin).isInstanceOf(LostClaimException.class);
    assertThat(announced()).isZero();
  }

  @Test
  void anErasureWaitsForACallThatIsJustBeingAnnouncedAndTakesItAlong() throws Exception {
    CompletableFuture<Boolean> erased =
        database
            .database()
            .inTenant(
                bench.home().tenant(),
                () -> {
                  begin();
                  // Sent with the next statement: from here on it stands, and is not committed.
                  assertThat(database.database().sql().sql("SELECT 1").query().singleValue())
                      .isEqualTo(1);
                  CompletableFuture<Boolean> aside = Bench.aside(this::erase);
                  Bench.awaitBlocked(database, 1);
                  return aside;
                });
    assertThat(erased.get(2, TimeUnit.MINUTES)).isTrue();
    assertThat(announced()).isZero();
  }

  private Call begin() {
    return calls.begin(held, "a provider", "a model", 10, Duration.ofMinutes(1));
  }

  private boolean erase() {
    return new Erasing(
            bench.core().database(),
            bench.core().conversations(),
            bench.core().ledger(),
            Clock.systemUTC(),
            bytes -> Duration.ofHours(1))
        .eraseConversation(bench.home().tenant(), conversation, "test");
  }

  private int announced() {
    return bench.one(
        "SELECT count(*) FROM provider_call WHERE tenant_id = ? AND conversation_id = ?",
        Integer.class,
        conversation);
  }
}
