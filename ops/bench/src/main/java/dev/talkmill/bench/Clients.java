package dev.talkmill.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sixteen clients that record conversations of twenty chunks, each as fast as it is let. */
final class Clients {

  static final int CHUNKS = 20;
  private static final int COUNT = 16;

  private Clients() {}

  /**
   * Records conversations and waits for their summaries.
   *
   * @return seconds from the first chunk to the last summary
   */
  static double seconds(JourneyEngine engine, int conversations) throws Exception {
    long start = System.nanoTime();
    record(engine, conversations).forEach(engine::awaitSummary);
    return (System.nanoTime() - start) / 1e9;
  }

  /** Records and finishes conversations. */
  static List<UUID> record(JourneyEngine engine, int conversations) throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(COUNT)) {
      List<Future<UUID>> taken = new ArrayList<>();
      for (int i = 0; i < conversations; i++) {
        taken.add(clients.submit(() -> recorded(engine)));
      }
      List<UUID> recorded = new ArrayList<>();
      for (Future<UUID> conversation : taken) {
        recorded.add(conversation.get());
      }
      return recorded;
    }
  }

  private static UUID recorded(JourneyEngine engine) throws Exception {
    UUID conversation = engine.conversation();
    for (int i = 0; i < CHUNKS; i++) {
      engine.accept(conversation);
    }
    engine.finish(conversation);
    return conversation;
  }
}
