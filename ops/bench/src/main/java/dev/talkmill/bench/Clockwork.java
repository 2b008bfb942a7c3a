package dev.talkmill.bench;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.StageStep;
import dev.talkmill.jobs.stage.StageStep.Alone;
import dev.talkmill.jobs.stage.StageStep.Ending;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Tells when a stage of a subject began, and when its end was committed. */
final class Clockwork {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Database database;
  private final Map<Key, CompletableFuture<Long>> began = new ConcurrentHashMap<>();
  private final Map<Key, CompletableFuture<Long>> ended = new ConcurrentHashMap<>();
  private final Map<Stage, AtomicLong> counts = new ConcurrentHashMap<>();

  private record Key(Stage stage, UUID subject) {}

  Clockwork(Database database) {
    this.database = database;
  }

  /** The time, by {@code System.nanoTime}, at which a stage of a subject began. */
  long began(Stage stage, UUID subject) {
    return await(began, new Key(stage, subject));
  }

  /** The time at which the transaction that ended a stage of a subject had committed. */
  long ended(Stage stage, UUID subject) {
    return await(ended, new Key(stage, subject));
  }

  /** How many rows of a stage have ended. */
  long count(Stage stage) {
    return counts.computeIfAbsent(stage, any -> new AtomicLong()).get();
  }

  private static long await(Map<Key, CompletableFuture<Long>> times, Key key) {
    try {
      return times
          .computeIfAbsent(key, any -> new CompletableFuture<>())
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(key + " did not come within " + LIMIT, e);
    } finally {
      times.remove(key);
    }
  }

  StageStep around(StageStep step) {
    return new StageStep() {
      @Override
      public Stage stage() {
        return step.stage();
      }

      @Override
      public Optional<String> provider() {
        return step.provider();
      }

      @Override
      public int waiting() {
        return step.waiting();
      }

      @Override
      public Ending run(Work work) {
        Key key = new Key(stage(), work.row().subject());
        complete(began, key);
        return noted(key, step.run(work));
      }

      @Override
      public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {
        throw new IllegalStateException("a faked stage never fails: " + failure);
      }
    };
  }

  /** The same end; one that shares its conversation shares it still. */
  private Ending noted(Key key, Ending ending) {
    if (ending instanceof Alone alone) {
      return new Alone(
          alone.ended(),
          () -> {
            noteAfterCommit(key);
            alone.write().run();
          });
    }
    return conversation -> {
      noteAfterCommit(key);
      return ending.apply(conversation);
    };
  }

  private void noteAfterCommit(Key key) {
    database.afterCommit(() -> {
      complete(ended, key);
      counts.computeIfAbsent(key.stage(), any -> new AtomicLong()).incrementAndGet();
    });
  }

  private static void complete(Map<Key, CompletableFuture<Long>> times, Key key) {
    times.computeIfAbsent(key, any -> new CompletableFuture<>()).complete(System.nanoTime());
  }
}
