package dev.talkmill.bench;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Which conversations have their summary; one that fails fails them all. */
final class Summaries {

  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Map<UUID, CompletableFuture<Boolean>> made = new ConcurrentHashMap<>();
  private final CompletableFuture<Boolean> failed = new CompletableFuture<>();

  /** Work that must not fail. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Runs work on some thread; whoever waits is told if it fails. */
  void guard(Work work) {
    try {
      work.run();
    } catch (Exception e) {
      failed.completeExceptionally(e);
      throw new IllegalStateException(e);
    }
  }

  /** The summary of a conversation has been committed. */
  void made(UUID conversation) {
    of(conversation).complete(true);
  }

  void await(UUID conversation) {
    try {
      CompletableFuture.anyOf(of(conversation), failed).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no summary of " + conversation, e);
    }
  }

  private CompletableFuture<Boolean> of(UUID conversation) {
    return made.computeIfAbsent(conversation, any -> new CompletableFuture<>());
  }
}
