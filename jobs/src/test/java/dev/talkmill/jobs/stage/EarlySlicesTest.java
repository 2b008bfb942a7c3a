package dev.talkmill.jobs.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.FakeTranscribe;
import dev.talkmill.jobs.testing.Gate;
import dev.talkmill.jobs.testing.MemoryStore;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.prepare.DecodedAudio;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slices that overtake the first one of their recording. */
class EarlySlicesTest {

  private static final int BYTES = 2_000;
  private static final byte HEADLESS = 'h';

  @TempDir private Path directory;
  private TestDatabase database;
  private TestWorker worker;
  private Bench bench;
  private Scratch scratch;
  private final MemoryStore store = new MemoryStore();
  private UUID conversation;
  private final AtomicInteger headless = new AtomicInteger();
  private volatile Runnable whileRead = () -> {};
  private volatile int headlessFailures;

  @BeforeEach
  void start() {
    database = TestDatabase.fresh();
    scratch = new Scratch(directory, InstantSource.system());
    bench = new Bench(database);
    worker =
        new TestWorker(
            database,
            TestWorker.settings(),
            new FakeSummarizer(),
            prepare(),
            new FakeTranscribe(database.database()));
    bench = new Bench(database, database.database(), TestWorker.settings(), signal());
    conversation = bench.conversation();
    worker.start();
  }

  @AfterEach
  void stop() {
    worker.close();
    database.close();
  }

  @Test
  void aSliceThatFailsWhileTheFirstOneIsDecodedIsTriedAgain() {
    headlessFailures = 1;
    Gate reading = new Gate(1);
    whileRead = reading::pass;
    UUID second = slice(2, HEADLESS);
    reading.awaitAll();
    UUID first = slice(1, (byte) 'w');
    Await.until(() -> state(first), "COMPLETED"::equals);
    reading.open();

    Await.until(() -> state(second), "COMPLETED"::equals);
    assertThat(headless).hasValue(2);
    bench.finish(conversation);
    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("ok");
  }

  @Test
  void aSliceThatNoHeadHelpsIsNotTriedForEver() {
    headlessFailures = Integer.MAX_VALUE;
    Gate reading = new Gate(1);
    whileRead = reading::pass;
    UUID second = slice(2, HEADLESS);
    reading.awaitAll();
    UUID first = slice(1, (byte) 'w');
    Await.until(() -> state(first), "COMPLETED"::equals);
    reading.open();
    bench.finish(conversation);

    assertThat(bench.seen().settled(conversation).outcome()).isEqualTo("partial");
    assertThat(state(second)).isEqualTo("FAILED");
    assertThat(headless).hasValue(2);
  }

  private String state(UUID chunk) {
    Seen.Row row = bench.only(conversation, chunk, "PREPARE");
    return row.state();
  }

  private DueSignal signal() {
    return worker.core().signal();
  }

  private PrepareStep prepare() {
    var core = bench.core();
    return new PrepareStep(
        core.database(),
        core.chunks(),
        core.conversations(),
        new Recordings(core.database(), core.chunks(), store, new Decoder(), scratch, 4),
        new Parts(core.chunks(), core.ledger(), store, (wav, from, to, part) -> {}, scratch),
        new EarlySlices(core.database(), core.chunks(), core.conversations(), core.ledger()),
        scratch,
        Duration.ofMinutes(10),
        Duration.ofMinutes(5));
  }

  private UUID slice(long sequence, byte content) {
    UUID id = UUID.randomUUID();
    byte[] bytes = new byte[BYTES];
    bytes[0] = content;
    store.putIfAbsent(key(id), () -> new ByteArrayInputStream(bytes), BYTES, "", "audio/webm");
    return database
        .database()
        .inTenant(
            bench.home().tenant(),
            () -> {
              var core = bench.core();
              var locked = core.conversations().lock(conversation).orElseThrow();
              core.chunks().insert(locked, stored(locked, id, sequence));
              core.ledger().insert(bench.row(conversation, id, Stage.PREPARE, 1));
              core.conversations().accepted(locked);
              return id;
            });
  }

  private Chunks.Insert stored(LockedConversation locked, UUID id, long sequence) {
    return new Chunks.Insert(
        id,
        conversation,
        null,
        ChunkSource.PORTAL_AUDIO,
        locked.nextOrdinal(),
        sequence,
        null,
        ChunkState.OPEN,
        BYTES,
        "0".repeat(64),
        "audio/webm",
        key(id),
        null,
        0,
        null,
        null);
  }

  private static String key(UUID chunk) {
    return "t/test/" + chunk;
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails as the real one does on a slice without a head, as often as a test says. */
  private final class Decoder implements AudioDecoder {

    @Override
    public DecodedAudio decode(Path source, Path wav) {
      if (first(source) == HEADLESS) {
        int before = headless.getAndIncrement();
        if (before == 0) {
          whileRead.run();
        }
        if (before < headlessFailures) {
          throw FailureException.of(FailureCode.WEBM_CONTINUATION, "a slice without its head");
        }
      }
      write(wav, new byte[BYTES]);
      return new DecodedAudio("matroska,webm", "opus", "audio/webm", 10, 0, List.of(), 0.5);
    }

    @Override
    public double join(Iterable<Path> sources, Path ogg) {
      throw new UnsupportedOperationException("nothing is joined here");
    }
  }

  private static byte first(Path file) {
    try {
      return Files.readAllBytes(file)[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
