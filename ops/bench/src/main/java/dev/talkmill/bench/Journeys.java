package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Home;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Whole journeys a second: chunks are accepted by 16 clients at once while the worker stores,
 * prepares, transcribes and joins them, until every conversation has its summary.
 */
final class Journeys implements Measure {

  private static final int CLIENTS = 16;
  private static final int CHUNKS = 20;

  @Override
  public String name() {
    return "journeys";
  }

  @Override
  public String question() {
    return "chunk journeys a second (accept, store, prepare, transcribe, join), 20 a conversation";
  }

  @Override
  public List<String> figures() {
    return List.of(
        "journeys", "conversations", "journey_statements", "journey_commits", "journey_wal_bytes");
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    Address address = stand.migrated("journeys");
    int conversations = stand.size().of(400, 4);
    try (Mill mill = new Mill(address, stand.scratch("journeys"), Shape.usual()).start()) {
      Home home = mill.home("journeys");
      seconds(mill, home, stand.size().of(50, 2));
      Cost before = Cost.of(address);
      double seconds = seconds(mill, home, conversations);
      Cost spent = Cost.of(address).minus(before);
      double journeys = conversations * (double) CHUNKS;
      return List.of(
          Figure.alone("journeys", journeys / seconds, "1/s"),
          Figure.alone("conversations", conversations / seconds, "1/s"),
          Figure.alone("journey_statements", spent.statements() / journeys, ""),
          Figure.alone("journey_commits", spent.commits() / journeys, ""),
          Figure.alone("journey_wal_bytes", spent.walBytes() / journeys, "B"));
    }
  }

  private static double seconds(Mill mill, Home home, int conversations) throws Exception {
    long start = System.nanoTime();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<UUID>> taken = new ArrayList<>();
      for (int i = 0; i < conversations; i++) {
        taken.add(clients.submit(() -> recorded(mill, home)));
      }
      for (Future<UUID> conversation : taken) {
        mill.clockwork().ended(Stage.SUMMARIZE, conversation.get());
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static UUID recorded(Mill mill, Home home) {
    UUID conversation = mill.conversation(home);
    for (int i = 0; i < CHUNKS; i++) {
      mill.accept(home, conversation, ChunkSource.PORTAL_AUDIO);
    }
    mill.finish(home, conversation);
    return conversation;
  }
}
