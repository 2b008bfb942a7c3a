package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Home;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.UUID;

/** Talkmill itself. */
final class MillJourneys implements JourneyEngine {

  private final Mill mill;
  private final Home home;

  MillJourneys(Mill mill) {
    this.mill = mill;
    this.home = mill.home("journeys");
  }

  @Override
  public UUID conversation() {
    return mill.conversation(home);
  }

  @Override
  public void accept(UUID conversation) {
    mill.accept(home, conversation, ChunkSource.PORTAL_AUDIO);
  }

  @Override
  public void finish(UUID conversation) {
    mill.finish(home, conversation);
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
