package dev.talkmill.jobs.sweep;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects whose row does not exist: what a crash left between a write to the store and its
 * commit. One page a minute in the whole installation. The database is asked after the store, so an
 * object whose row is being written is not taken for an orphan; the grace period covers the rest.
 *
 * <p>This is also what makes an erasure last: whatever a process that stood still writes after its
 * conversation or chunk has been erased, it writes under the key of a row that is gone.
 *
 * <p>Left alone and counted ({@code talkmill.objects.unknown}): keys of another shape, and keys of
 * a tenant that this database does not know, for a bucket may be shared and a database may be new.
 */
public final class OrphanObjects implements Sweep {

  private static final Logger log = LoggerFactory.getLogger(OrphanObjects.class);

  private static final int PAGE = 500;
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration GRACE = Duration.ofHours(24);
  private static final String PREFIX = "t/";

  /**
   * Each question is a probe of an index for each object, which OFFSET 0 keeps it: the planner may
   * read a whole table instead for so many. A confirmed upload is its chunk's object. A playable of
   * an older generation is never served again, so it goes too; that is no damage and is not
   * counted.
   */
  private static final String VERDICTS =
      """
      SELECT o.key,
        CASE
          WHEN NOT EXISTS (SELECT FROM tenant t WHERE t.id = o.tenant) THEN 'FOREIGN'
          WHEN o.kind = 'PLAYABLE' THEN
            coalesce((SELECT CASE WHEN c.generation > o.generation THEN 'OUTDATED' ELSE 'KEPT' END
                      FROM conversation c WHERE c.tenant_id = o.tenant AND c.id = o.conversation),
                     'ORPHAN')
          WHEN o.kind = 'CHUNK' AND EXISTS (
            SELECT FROM conversation_chunk k WHERE k.tenant_id = o.tenant AND k.id = o.id OFFSET 0)
            THEN 'KEPT'
          WHEN o.kind = 'UPLOAD' AND EXISTS (
            SELECT FROM upload u
            WHERE u.tenant_id = o.tenant AND u.id = o.id AND u.state = 'OPEN' OFFSET 0)
            THEN 'KEPT'
          WHEN o.kind = 'UPLOAD' AND EXISTS (
            SELECT FROM conversation_chunk k
            WHERE k.tenant_id = o.tenant AND k.storage_key = o.key AND k.id = (
              SELECT u.chunk_id FROM upload u WHERE u.tenant_id = o.tenant AND u.id = o.id)
            OFFSET 0)
            THEN 'KEPT'
          WHEN EXISTS (
            SELECT FROM conversation_chunk k
            WHERE k.tenant_id = o.tenant AND k.conversation_id = o.conversation
              AND k.storage_key = o.key OFFSET 0)
            THEN 'KEPT'
          ELSE 'ORPHAN'
        END AS verdict
      FROM unnest(CAST(:keys AS text[]), CAST(:kinds AS text[]), CAST(:tenants AS uuid[]),
                  CAST(:conversations AS uuid[]), CAST(:ids AS uuid[]),
                  CAST(:generations AS bigint[])) WITH ORDINALITY
           AS o (key, kind, tenant, conversation, id, generation, place)
      ORDER BY o.place
      """;

  private final Database database;
  private final ObjectStore store;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Counter unknownShape;
  private final Counter unknownTenant;

  public OrphanObjects(
      Database database,
      ObjectStore store,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry meters) {
    this.database = database;
    this.store = store;
    this.clock = clock;
    this.nanoTime = nanoTime;
    this.unknownShape = meters.counter("talkmill.objects.unknown", "reason", "shape");
    this.unknownTenant = meters.counter("talkmill.objects.unknown", "reason", "tenant");
  }

  private enum Verdict {
    KEPT,
    FOREIGN,
    OUTDATED,
    ORPHAN
  }

  private record Judged(String key, Verdict verdict) {}

  @Override
  public String name() {
    return "orphan_objects";
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public int runOnce() {
    return SweepTurn.take(database, name(), PERIOD, nanoTime).map(this::page).orElse(0);
  }

  private int page(SweepTurn turn) {
    List<ObjectInfo> page = store.list(PREFIX, turn.cursor(), PAGE);
    Instant before = clock.instant().minus(GRACE);
    List<StoredKey> old =
        page.stream()
            .filter(object -> object.modified().isBefore(before))
            .map(object -> parse(object.key()))
            .flatMap(Optional::stream)
            .toList();
    List<Judged> judged = old.isEmpty() ? List.of() : judge(old);
    unknownTenant.increment(count(judged, one -> one.verdict() == Verdict.FOREIGN));
    List<Judged> doomed =
        judged.stream()
            .filter(one -> one.verdict() == Verdict.ORPHAN || one.verdict() == Verdict.OUTDATED)
            .toList();
    return delete(doomed, turn, page.size() < PAGE ? null : page.getLast().key());
  }

  private Optional<StoredKey> parse(String key) {
    Optional<StoredKey> parsed = StoredKey.parse(key);
    if (parsed.isEmpty()) {
      unknownShape.increment();
    }
    return parsed;
  }

  private List<Judged> judge(List<StoredKey> keys) {
    return database.inSystem(() ->
        database
            .sql()
            .sql(VERDICTS)
            .param("keys", keys.stream().map(StoredKey::key).toArray(String[]::new))
            .param("kinds", keys.stream().map(key -> key.kind().name()).toArray(String[]::new))
            .param("tenants", keys.stream().map(StoredKey::tenant).toArray(UUID[]::new))
            .param("conversations", keys.stream().map(StoredKey::conversation).toArray(UUID[]::new))
            .param("ids", keys.stream().map(StoredKey::id).toArray(UUID[]::new))
            .param("generations", keys.stream().map(StoredKey::generation).toArray(Long[]::new))
            .query((row, number) ->
                new Judged(row.getString("key"), Verdict.valueOf(row.getString("verdict"))))
            .list());
  }

  /**
   * As many as the turn has time for; the next turn lists the rest again. An object that cannot be
   * deleted ends the turn, and the next one goes on behind it: it is met again in the next pass and
   * keeps no other from being deleted.
   */
  private int delete(List<Judged> doomed, SweepTurn turn, @Nullable String end) {
    int orphans = 0;
    for (Judged one : doomed) {
      if (turn.isOver()) {
        return orphans;
      }
      try {
        store.delete(one.key());
      } catch (FailureException e) {
        turn.end(one.key());
        if (orphans == 0) {
          throw e;
        }
        log.warn("an object without a row could not be deleted: {}", e.getMessage());
        return orphans;
      }
      orphans += one.verdict() == Verdict.ORPHAN ? 1 : 0;
    }
    turn.end(end);
    return orphans;
  }

  private static int count(List<Judged> judged, Predicate<Judged> which) {
    return (int) judged.stream().filter(which).count();
  }
}
