package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.failure.PostponedException;
import dev.talkmill.pipeline.id.Uuids;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Intent before money: a row says that a provider is about to be called before it is, so that after
 * a crash there is a trace of what may have been paid for.
 */
public final class ProviderCalls {

  private static final String START =
      """
      INSERT INTO provider_call
        (tenant_id, id, status_id, epoch, conversation_id, provider, model, seconds, deadline)
      VALUES (:tenant, :id, :status, :epoch, :conversation, :provider, :model, :seconds,
              clock_timestamp() + make_interval(secs => :limit))
      """;

  private static final String END =
      """
      UPDATE provider_call
      SET state = :state, request_id = :requestId, error_code = :code,
          finished_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final Logger log = LoggerFactory.getLogger(ProviderCalls.class);

  private final Database database;
  private final InstantSource clock;
  private final MeterRegistry meters;

  public ProviderCalls(Database database, InstantSource clock, MeterRegistry meters) {
    this.database = database;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Calls a provider with its intent recorded before and its end after.
   *
   * @param seconds of audio that the call is about, 0 for text
   * @param requestId reads the provider's id of the call from its answer
   */
  public <T> T around(
      LedgerRow row,
      String provider,
      String model,
      double seconds,
      Duration limit,
      Supplier<T> call,
      Function<T, @Nullable String> requestId) {
    UUID id = start(row, provider, model, seconds, limit);
    String result = "failed";
    try {
      T answer = call.get();
      result = "done";
      done(row, id, requestId.apply(answer));
      return answer;
    } catch (PostponedException e) {
      end(row, id, "ABANDONED", null, null);
      result = "postponed";
      throw e;
    } catch (FailureException e) {
      failed(row, id, e);
      throw e;
    } finally {
      meters.counter("talkmill.provider.calls", "provider", provider, "result", result).increment();
      meters.counter("talkmill.provider.seconds", "provider", provider).increment(seconds);
    }
  }

  private void failed(LedgerRow row, UUID id, FailureException e) {
    // The pool hands out no connection to an interrupted thread.
    boolean interrupted = Thread.interrupted();
    try {
      String state = interrupted ? "ABANDONED" : "FAILED";
      end(row, id, state, null, interrupted ? null : e.failure().code().code());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private UUID start(LedgerRow row, String provider, String model, double seconds, Duration limit) {
    UUID id = Uuids.v7(clock);
    database.inTenant(
        row.tenant(),
        () -> {
          database
              .write(START)
              .param("tenant", row.tenant())
              .param("id", id)
              .param("status", row.id())
              .param("epoch", row.epoch())
              .param("conversation", row.conversation())
              .param("provider", provider)
              .param("model", model)
              .param("seconds", seconds)
              .param("limit", (double) limit.toSeconds())
              .later();
          return id;
        });
    return id;
  }

  /** An answer that was paid for is not thrown away because a note about it could not be made. */
  private void done(LedgerRow row, UUID id, @Nullable String requestId) {
    try {
      end(row, id, "DONE", requestId, null);
    } catch (DataAccessException | TransactionException e) {
      log.warn("a provider call is not noted as done: {}", e.toString());
    }
  }

  private void end(
      LedgerRow row, UUID id, String state, @Nullable String requestId, @Nullable String code) {
    database.inTenant(
        row.tenant(),
        () -> {
          database
              .write(END)
              .param("tenant", row.tenant())
              .param("id", id)
              .param("state", state)
              .param("requestId", requestId)
              .param("code", code)
              .later();
          return id;
        });
  }
}
