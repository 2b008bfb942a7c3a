package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Finish to summary, with providers that take no time. All chunks but the last are transcribed when
 * the last is accepted and the conversation is finished, as at the end of a live conversation.
 */
final class Overhead implements Measure {

  private static final int[] CHUNKS = {1, 20, 200};

  private static final String OPEN =
      """
      SELECT count(*) FROM talkmill.conversation_chunk
      WHERE conversation_id = ? AND state = 'OPEN'
      """;

  private static final long LOOK_AGAIN_MILLIS = 10;
  private static final long LIMIT_NANOS = 120_000_000_000L;

  @Override
  public String name() {
    return "overhead";
  }

  @Override
  public String question() {
    return "finish to summary, the last chunk just accepted, providers take no time";
  }

  @Override
  public List<String> figures() {
    return Arrays.stream(CHUNKS)
        .boxed()
        .flatMap(chunks -> Stream.of("overhead_" + chunks + "_p50", "overhead_" + chunks + "_p99"))
        .toList();
  }

  @Override
  public List<Figure> run(Stand stand) throws Exception {
    List<Samples> mill = measure(stand, "overhead", MillJourneys::open);
    List<Samples> byHand = measure(stand, "overhead_hand", SkipLockedLoop::open);
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < CHUNKS.length; i++) {
      figures.add(figure("overhead_" + CHUNKS[i] + "_p50", mill.get(i), byHand.get(i), 0.5));
      figures.add(figure("overhead_" + CHUNKS[i] + "_p99", mill.get(i), byHand.get(i), 0.99));
    }
    return figures;
  }

  private static Figure figure(String name, Samples mill, Samples byHand, double quantile) {
    return Figure.beside(
        name,
        mill.millis(quantile),
        "ms",
        byHand.millis(quantile),
        "SKIP LOCKED loop by hand, same quantile");
  }

  /** By count of chunks. */
  private static List<Samples> measure(Stand stand, String name, JourneyEngine.Opening opening)
      throws Exception {
    Address address = stand.migrated(name);
    List<Samples> all = new ArrayList<>();
    try (JourneyEngine engine = opening.open(address, stand.scratch(name));
        Connection connection = Pools.owner(address).getConnection()) {
      samples(engine, connection, 1, stand.size().of(200, 1));
      for (int chunks : CHUNKS) {
        int count = stand.size().of(chunks == 200 ? 50 : 200, 1);
        all.add(samples(engine, connection, chunks, count));
        stand.say("%s, %d chunks: %d conversations".formatted(name, chunks, count));
      }
    }
    return all;
  }

  private static Samples samples(JourneyEngine engine, Connection connection, int chunks, int count)
      throws Exception {
    Samples samples = new Samples(count);
    for (int i = 0; i < count; i++) {
      UUID conversation = engine.conversation();
      SideBySide.run(Collections.nCopies(chunks - 1, accepting(engine, conversation)));
      awaitTranscribed(connection, conversation);
      engine.accept(conversation);
      long finished = System.nanoTime();
      engine.finish(conversation);
      engine.awaitSummary(conversation);
      samples.add(System.nanoTime() - finished);
    }
    return samples;
  }

  private static Callable<Boolean> accepting(JourneyEngine engine, UUID conversation) {
    return () -> {
      engine.accept(conversation);
      return true;
    };
  }

  private static void awaitTranscribed(Connection connection, UUID conversation)
      throws SQLException, InterruptedException {
    long start = System.nanoTime();
    while (Jdbc.query(connection, row -> row.getInt(1), OPEN, conversation).getFirst() > 0) {
      if (System.nanoTime() - start > LIMIT_NANOS) {
        throw new IllegalStateException("not all chunks of " + conversation + " are transcribed");
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
  }
}
