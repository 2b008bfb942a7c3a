package dev.talkmill.worker.http;

import dev.talkmill.jobs.read.EventReads.Position;
import dev.talkmill.jobs.read.EventReads.StoredEvent;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** One client's event stream. */
final class EventStream {

  /** Events read at a time. */
  static final int BATCH = 200;

  private static final Logger log = LoggerFactory.getLogger(EventStream.class);
  private static final Duration LOOK = Duration.ofMillis(300);
  private static final Duration HEARTBEAT = Duration.ofSeconds(15);
  private static final String HELLO = "retry: 2000\n: connected\n\n";
  private static final String BEAT = ": heartbeat\n\n";

  private final Function<Position, List<StoredEvent>> reads;
  private final BooleanSupplier entitled;
  private final Pause pause;
  private final LongSupplier nanoTime;

  /**
   * Waits. It is told of the end of the process instead of being interrupted, which would break a
   * connection to the database that it is just using.
   */
  @FunctionalInterface
  interface Pause {
    boolean endedDuring(Duration time) throws InterruptedException;
  }

  /**
   * Makes one.
   *
   * @param reads the next events after a position, at most {@link #BATCH}
   * @param entitled whether the client may still see them; asked at every heartbeat
   * @param pause waits between two looks
   */
  EventStream(
      Function<Position, List<StoredEvent>> reads,
      BooleanSupplier entitled,
      Pause pause,
      LongSupplier nanoTime) {
    this.reads = reads;
    this.entitled = entitled;
    this.pause = pause;
    this.nanoTime = nanoTime;
  }

  /** Runs until the client goes or the end has come; always completes the exchange. */
  void run(AsyncContext exchange, Position after, long endNanos) {
    try {
      stream(exchange.getResponse().getOutputStream(), after, endNanos);
    } catch (IOException e) {
      log.debug("a client of events has gone: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException | TransactionException e) {
      // The client comes back with the id of the last event it saw.
      log.warn(
          "a stream of events was ended because the database did not answer: {}", e.toString());
    } finally {
      complete(exchange);
    }
  }

  /** Until the client may not see more, or the end has come. */
  void stream(OutputStream out, Position after, long endNanos)
      throws IOException, InterruptedException {
    Position position = after;
    send(out, HELLO);
    long beatAt = nanoTime.getAsLong() + HEARTBEAT.toNanos();
    while (nanoTime.getAsLong() - endNanos < 0) {
      List<StoredEvent> batch = reads.apply(position);
      if (!batch.isEmpty()) {
        send(out, text(batch));
        position = batch.getLast().position();
      }
      if (nanoTime.getAsLong() - beatAt >= 0) {
        if (!entitled.getAsBoolean()) {
          return;
        }
        send(out, BEAT);
        beatAt = nanoTime.getAsLong() + HEARTBEAT.toNanos();
      }
      if (batch.size() < BATCH && pause.endedDuring(LOOK)) {
        return;
      }
    }
  }

  private static String text(List<StoredEvent> batch) {
    StringBuilder text = new StringBuilder();
    for (StoredEvent event : batch) {
      text.append("id: ").append(event.position()).append('\n');
      text.append("event: ").append(event.event()).append('\n');
      text.append("data: ").append(event.json()).append("\n\n");
    }
    return text.toString();
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static void complete(AsyncContext exchange) {
    try {
      exchange.complete();
    } catch (IllegalStateException e) {
      // The container has ended it already, because the client has gone.
      log.debug("a stream of events was over: {}", e.toString());
    }
  }
}
