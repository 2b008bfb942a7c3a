package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.ledger.LostClaimException;
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

/**
 * Intent before money: a row says that a provider is about to be called before it is, so that after
 * a crash there is a trace of what may have been paid for.
 */
public final class ProviderCalls {

  /**
   * Fenced like every other write of a row's holder: a call for a row that was cancelled, erased or
   * taken over meanwhile is neither made nor paid for. The lock lets an erasure that comes at the
   * same time wait, and so find what was written here.
   */
  private static final String START =
      """
      INSERT INTO provider_call
        (tenant_id, id, status_id, epoch, conversation_id, provider, model, seconds, deadline)
      SELECT tenant_id, :id, id, epoch, conversation_id, :provider, :model, :seconds,
             clock_timestamp() + make_interval(secs => :limit)
      FROM processing_status
      WHERE tenant_id = :tenant AND id = :status AND epoch = :epoch
        AND state || '' = 'PROCESSING'
      FOR SHARE
      """;

  private static final String END =
      """
      UPDATE provider_call
      SET state = :state, request_id = :requestId, error_code = :code,
          finished_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
      """;

  private final Database database;
  private final InstantSource clock;
  private final MeterRegistry meters;

  public ProviderCalls(Database database, InstantSource clock, MeterRegistry meters) {
    this.database = database;
    this.clock = clock;
    this.meters = meters;
  }

  /** A call that is recorded as about to be made. */
  public record Call(LedgerRow row, UUID id, String provider, double seconds) {}

  /**
   * What a provider has answered.
   *
   * @param note says that the call is done; for the transaction that writes what was made of it, so
   *     that a call which is done has its result
   */
  public record Answered<T>(T answer, Runnable note) {}

  /**
   * Records that a provider is about to be called; joins a running scope of the row's tenant, whose
   * end throws {@link LostClaimException} if the row is no longer held.
   *
   * @param seconds of audio that the call is about, 0 for text
   */
  public Call begin(LedgerRow row, String provider, String model, double seconds, Duration limit) {
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
              .param("provider", provider)
              .param("model", model)
              .param("seconds", seconds)
              .param("limit", (double) limit.toSeconds())
              .later(rows -> {
                if (rows != 1) {
                  throw new LostClaimException(row);
                }
              });
          return id;
        });
    return new Call(row, id, provider, seconds);
  }

  /**
   * Calls a provider. What comes of it, if not an answer, is recorded here.
   *
   * @param begun committed
   * @param requestId reads the provider's id of the call from its answer
   */
  public <T> Answered<T> make(
      Call begun, Supplier<T> call, Function<T, @Nullable String> requestId) {
    String result = "failed";
    try {
      T answer = call.get();
      result = "done";
      String request = requestId.apply(answer);
      return new Answered<>(answer, () -> end(begun, "DONE", request, null));
    } catch (PostponedException | LostClaimException e) {
      // Not made, or nobody's any more.
      end(begun, "ABANDONED", null, null);
      result = "postponed";
      throw e;
    } catch (FailureException e) {
      failed(begun, e);
      throw e;
    } finally {
      String provider = begun.provider();
      meters.counter("talkmill.provider.calls", "provider", provider, "result", result).increment();
      meters.counter("talkmill.provider.seconds", "provider", provider).increment(begun.seconds());
    }
  }

  private void failed(Call begun, FailureException e) {
    // The pool hands out no connection to an interrupted thread.
    boolean interrupted = Thread.interrupted();
    try {
      String state = interrupted ? "ABANDONED" : "FAILED";
      end(begun, state, null, interrupted ? null : e.failure().code().code());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void end(Call call, String state, @Nullable String requestId, @Nullable String code) {
    database.inTenant(
        call.row().tenant(),
        () -> {
          database
              .write(END)
              .param("tenant", call.row().tenant())
              .param("id", call.id())
              .param("state", state)
              .param("requestId", requestId)
              .param("code", code)
              .later();
          return state;
        });
  }
}
