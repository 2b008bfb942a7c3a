package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.nio.file.Path;
import java.util.UUID;

/** Talkmill itself. */
final class MillJourneys implements JourneyEngine {

  private final Mill mill;
  private final Home home;

  MillJourneys(Mill mill) {
    this.mill = mill;
    this.home = mill.door().home("journeys");
  }

  static JourneyEngine open(Address address, Path scratch) {
    return new MillJourneys(new Mill(address, scratch, Shape.usual()).start());
  }

  @Override
  public UUID conversation() {
    return mill.door().conversation(home);
  }

  @Override
  public void accept(UUID conversation) {
    mill.door().accept(home, conversation, ChunkSource.PORTAL_AUDIO);
  }

  @Override
  public void finish(UUID conversation) {
    mill.door().finish(home, conversation);
  }

  @Override
  public void awaitSummary(UUID conversation) {
    mill.clockwork().ended(Stage.SUMMARIZE, conversation);
  }

  @Override
  public void close() {
    mill.close();
  }
}
