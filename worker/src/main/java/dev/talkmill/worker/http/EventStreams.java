package dev.talkmill.worker.http;

import dev.talkmill.jobs.read.ConversationReads;
import dev.talkmill.jobs.read.EventReads;
import dev.talkmill.jobs.read.EventReads.Position;
import jakarta.servlet.AsyncContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Open event streams. Each is a virtual thread that looks into the table; their number is bounded,
 * of one key and in all, and so is how long each stays open: clients come back by themselves, with
 * the id of the last event they saw.
 */
final class EventStreams implements SmartLifecycle {

  private static final int PER_KEY_MAX = 20;
  private static final int ALL_MAX = 300;
  private static final Duration OPEN_MAX = Duration.ofHours(1);
  private static final Duration GRACE = Duration.ofMinutes(1);
  private static final Duration RETRY = Duration.ofSeconds(10);

  private final EventReads events;
  private final ConversationReads conversations;
  private final Authenticator authenticator;
  private final LongSupplier nanoTime;
  private final Map<UUID, Integer> byKey = new HashMap<>();
  private int all;
  private volatile boolean running;
  private volatile CountDownLatch stopped = new CountDownLatch(1);

  EventStreams(
      EventReads events,
      ConversationReads conversations,
      Authenticator authenticator,
      LongSupplier nanoTime) {
    this.events = events;
    this.conversations = conversations;
    this.authenticator = authenticator;
    this.nanoTime = nanoTime;
  }

  /** Leave to hold one stream open. */
  record Place(UUID key) {}

  /**
   * Takes a place, which {@link #start} gives back in the end.
   *
   * @throws ProblemException {@code too_many_streams} or {@code shutting_down}
   */
  synchronized Place enter(UUID key) {
    if (!running) {
      throw new ProblemException(
          ProblemCode.SHUTTING_DOWN, "This server takes no new streams any more.", RETRY);
    }
    int held = byKey.getOrDefault(key, 0);
    if (held >= PER_KEY_MAX || all >= ALL_MAX) {
      throw new ProblemException(
          ProblemCode.TOO_MANY_STREAMS,
          "A key may hold %d event streams open at once, and all keys together %d. Close one first."
              .formatted(PER_KEY_MAX, ALL_MAX),
          RETRY);
    }
    byKey.put(key, held + 1);
    all++;
    return new Place(key);
  }

  private synchronized void leave(Place place) {
    all--;
    byKey.computeIfPresent(place.key(), (key, held) -> held == 1 ? null : held - 1);
  }

  /**
   * Streams until the client goes, its key ends, the conversation is erased or the time is up.
   *
   * @param authorization the request's header, looked at again from time to time
   */
  void start(
      Place place,
      AsyncContext exchange,
      @Nullable String authorization,
      UUID tenant,
      UUID conversation,
      Position after) {
    exchange.setTimeout(OPEN_MAX.plus(GRACE).toMillis());
    EventStream stream =
        new EventStream(
            position -> events.after(tenant, conversation, position, EventStream.BATCH),
            () -> isEntitled(authorization, tenant, conversation),
            time -> stopped.await(time.toNanos(), TimeUnit.NANOSECONDS),
            nanoTime);
    Thread.ofVirtual()
        .name("events-" + conversation)
        .start(() -> {
          try {
            stream.run(exchange, after, nanoTime.getAsLong() + OPEN_MAX.toNanos());
          } finally {
            leave(place);
          }
        });
  }

  private boolean isEntitled(@Nullable String authorization, UUID tenant, UUID conversation) {
    if (!running) {
      return false;
    }
    try {
      authenticator.authenticate(authorization);
    } catch (ProblemException e) {
      return false;
    }
    return conversations.exists(tenant, conversation);
  }

  @Override
  public void start() {
    stopped = new CountDownLatch(1);
    running = true;
  }

  /** Ends all streams, so that the server's own shutdown need not wait for them. */
  @Override
  public void stop() {
    running = false;
    stopped.countDown();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stops before the server does, which waits for open requests. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
