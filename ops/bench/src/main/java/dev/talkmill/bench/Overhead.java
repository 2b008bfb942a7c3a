package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Home;
import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Finish to summary, with providers that take no time. All chunks but the last are transcribed when
 * the last is accepted and the conversation is finished, as at the end of a live conversation.
 */
final class Overhead implements Measure {

  private static final int[] CHUNKS = {1, 20, 200};

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
    List<Figure> figures = new ArrayList<>();
    try (Mill mill =
        new Mill(stand.migrated("overhead"), stand.scratch("overhead"), Shape.usual()).start()) {
      Home home = mill.home("overhead");
      samples(mill, home, 1, stand.size().of(50, 3));
      for (int chunks : CHUNKS) {
        int count = stand.size().of(chunks == 200 ? 50 : 200, 1);
        Samples samples = samples(mill, home, chunks, count);
        figures.add(Figure.alone("overhead_" + chunks + "_p50", samples.millis(0.5), "ms"));
        figures.add(Figure.alone("overhead_" + chunks + "_p99", samples.millis(0.99), "ms"));
        stand.say("%d chunks: %d conversations".formatted(chunks, count));
      }
    }
    return figures;
  }

  private static Samples samples(Mill mill, Home home, int chunks, int count) {
    Samples samples = new Samples(count);
    for (int i = 0; i < count; i++) {
      UUID conversation = mill.conversation(home);
      List<UUID> earlier = new ArrayList<>();
      for (int c = 1; c < chunks; c++) {
        earlier.add(mill.accept(home, conversation, ChunkSource.PORTAL_AUDIO));
      }
      earlier.forEach(chunk -> mill.clockwork().ended(Stage.TRANSCRIBE, chunk));
      mill.accept(home, conversation, ChunkSource.PORTAL_AUDIO);
      long finished = System.nanoTime();
      mill.finish(home, conversation);
      samples.add(mill.clockwork().ended(Stage.SUMMARIZE, conversation) - finished);
    }
    return samples;
  }
}
