package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether the objects that chunks name are in the store, a hundred chunks a minute in the
 * whole installation. There is nothing to mend: a missing one is logged and counted ({@code
 * talkmill.objects.missing}), once in every pass over all chunks.
 */
public final class RowsWithoutObjects implements Sweep {

  private static final Logger log = LoggerFactory.getLogger(RowsWithoutObjects.class);

  private static final int PAGE = 100;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final UUID START = new UUID(0, 0);

  private static final String CHUNKS =
      """
      SELECT tenant_id, id, conversation_id, storage_key FROM conversation_chunk
      WHERE (tenant_id, id) > (:tenant, :id)
      ORDER BY tenant_id, id LIMIT :page
      """;

  /** Erasure deletes the row before the object. */
  private static final String STILL =
      """
      SELECT EXISTS (SELECT FROM conversation_chunk
                     WHERE tenant_id = ? AND id = ? AND storage_key = ?)
      """;

  private final Database database;
  private final ObjectStore store;
  private final LongSupplier nanoTime;
  private final Counter missing;

  public RowsWithoutObjects(
      Database database, ObjectStore store, LongSupplier nanoTime, MeterRegistry meters) {
    this.database = database;
    this.store = store;
    this.nanoTime = nanoTime;
    this.missing = meters.counter("talkmill.objects.missing");
  }

  private record Named(UUID tenant, UUID id, UUID conversation, @Nullable String key) {
    String cursor() {
      return tenant + "/" + id;
    }
  }

  @Override
  public String name() {
    return "rows_without_objects";
  }

  @Override
  public boolean heals() {
    return false;
  }

  /** Mends nothing, so always 0. */
  @Override
  public int runOnce() {
    SweepTurn.take(database, name(), PERIOD, nanoTime).ifPresent(this::page);
    return 0;
  }

  private void page(SweepTurn turn) {
    List<Named> page = chunksAfter(turn.cursor());
    String cursor = turn.cursor();
    for (Named chunk : page) {
      if (turn.isOver()) {
        break;
      }
      cursor = chunk.cursor();
      try {
        look(chunk);
      } catch (FailureException e) {
        // The next turn goes on behind it, or one that is never answered would keep all others.
        turn.end(cursor);
        throw e;
      }
    }
    boolean end = page.size() < PAGE && (page.isEmpty() || page.getLast().cursor().equals(cursor));
    turn.end(end ? null : cursor);
  }

  private List<Named> chunksAfter(@Nullable String cursor) {
    String[] ids = cursor == null ? new String[] {} : cursor.split("/", 2);
    return database.inSystem(() ->
        database
            .sql()
            .sql(CHUNKS)
            .param("tenant", ids.length == 2 ? UUID.fromString(ids[0]) : START)
            .param("id", ids.length == 2 ? UUID.fromString(ids[1]) : START)
            .param("page", PAGE)
            .query((row, number) ->
                new Named(
                    row.getObject("tenant_id", UUID.class),
                    row.getObject("id", UUID.class),
                    row.getObject("conversation_id", UUID.class),
                    row.getString("storage_key")))
            .list());
  }

  private void look(Named chunk) {
    String key = chunk.key();
    if (key == null || store.head(key).isPresent() || !isStill(chunk, key)) {
      return;
    }
    missing.increment();
    log.warn(
        "the object of chunk {} of conversation {} is not in the store",
        chunk.id(),
        chunk.conversation());
  }

  private boolean isStill(Named chunk, String key) {
    return database.inSystem(() ->
        database
            .sql()
            .sql(STILL)
            .params(chunk.tenant(), chunk.id(), key)
            .query(Boolean.class)
            .single());
  }
}
