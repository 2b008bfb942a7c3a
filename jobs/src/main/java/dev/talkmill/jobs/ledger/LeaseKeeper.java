package dev.talkmill.jobs.ledger;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Plans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews every lease that this process holds, in one statement, three times a lease. Handlers whose
 * row is gone are told so; handlers that could not be renewed find out by themselves at half their
 * lease. Whoever is told here is alive, so the crash that its row has counted is given back.
 */
public final class LeaseKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  /** Ordered by id: leases are renewed while handlers write, and both must lock rows alike. */
  private static final String RENEW =
      """
      WITH held AS (
        SELECT p.tenant_id, p.id
        FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), CAST(:epochs AS bigint[]))
             AS mine (tenant_id, id, epoch)
        JOIN talkmill.processing_status p USING (tenant_id, id, epoch)
        WHERE p.state || '' = 'PROCESSING'
        ORDER BY p.id
        FOR UPDATE OF p SKIP LOCKED)
      UPDATE talkmill.processing_status p
      SET lease_until = clock_timestamp() + make_interval(secs => :lease)
      FROM held WHERE p.tenant_id = held.tenant_id AND p.id = held.id
      RETURNING p.id
      """;

  private static final String STILL_MINE =
      """
      SELECT p.id
      FROM unnest(CAST(:tenants AS uuid[]), CAST(:ids AS uuid[]), CAST(:epochs AS bigint[]))
           AS mine (tenant_id, id, epoch)
      JOIN talkmill.processing_status p USING (tenant_id, id, epoch)
      WHERE p.state || '' = 'PROCESSING'
      """;

  private final Database database;
  private final Duration lease;
  private final LongSupplier nanoTime;
  private final CrashRefunds refunds;
  private final Map<UUID, Claim> held = new ConcurrentHashMap<>();
  private final Set<Claim> abandoned = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  public LeaseKeeper(Database database, Duration lease, LongSupplier nanoTime) {
    this.database = database;
    this.lease = lease;
    this.nanoTime = nanoTime;
    this.refunds = new CrashRefunds(database);
    this.thread = Thread.ofPlatform().name("talkmill-leases").daemon().unstarted(this::loop);
  }

  public void start() {
    thread.start();
  }

  /** Keeps a fresh claim's lease until {@link #release}. */
  Claim keep(LedgerRow row, long askedAtNanos) {
    Claim claim = new Claim(row, lease, askedAtNanos, nanoTime);
    held.put(row.id(), claim);
    return claim;
  }

  void release(Claim claim) {
    held.remove(claim.row().id(), claim);
  }

  /**
   * Takes note of a claim whose end its handler could not write, because the row was taken over or
   * the database was away. It is not renewed once it is released, and counts no crash.
   */
  void abandon(Claim claim) {
    abandoned.add(claim);
  }

  public int count() {
    return held.size();
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  private void loop() {
    try {
      while (!closed.await(lease.toMillis() / 3, TimeUnit.MILLISECONDS)) {
        try {
          renewOnce();
        } catch (RuntimeException e) {
          // Nothing to do but try again: holders stop by themselves at half their lease.
          log.warn("leases could not be renewed: {}", e.toString());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Renews once; open to tests. */
  public void renewOnce() {
    List<Claim> claims = new ArrayList<>(held.values());
    if (!claims.isEmpty()) {
      renew(claims);
    }
    refundCrashes();
  }

  private void renew(List<Claim> claims) {
    long askedAt = nanoTime.getAsLong();
    Map<String, Object> mine = mine(claims);
    List<UUID> renewed =
        database.inSystem(() -> {
          Plans.byIndex(database);
          return database
              .sql()
              .sql(RENEW)
              .params(mine)
              .param("lease", lease.toMillis() / 1000.0)
              .query(UUID.class)
              .list();
        });
    claims.stream()
        .filter(claim -> renewed.contains(claim.row().id()))
        .forEach(claim -> claim.renewed(askedAt));
    claims.removeIf(claim -> renewed.contains(claim.row().id()));
    if (!claims.isEmpty()) {
      loseWhatIsGone(claims, mine);
    }
  }

  /** Tenants, ids and epochs of claims, at the same places of three arrays. */
  static Map<String, Object> mine(Collection<Claim> claims) {
    Map<String, Object> mine = new HashMap<>();
    mine.put("tenants", claims.stream().map(claim -> claim.row().tenant()).toArray(UUID[]::new));
    mine.put("ids", claims.stream().map(claim -> claim.row().id()).toArray(UUID[]::new));
    mine.put("epochs", claims.stream().map(claim -> claim.row().epoch()).toArray(Long[]::new));
    return mine;
  }

  /** Of the abandoned once: whatever they have met by then, their handlers are gone. */
  private void refundCrashes() {
    Map<UUID, Claim> counted = new HashMap<>();
    held.values().stream()
        .filter(Claim::isLostAndCounted)
        .forEach(claim -> counted.put(claim.row().id(), claim));
    // Two claims of one row take turns: the statement writes a row once.
    abandoned.removeIf(Claim::isRefunded);
    abandoned.forEach(claim -> counted.putIfAbsent(claim.row().id(), claim));
    if (!counted.isEmpty()) {
      refunds.refund(counted.values());
      abandoned.removeAll(counted.values());
    }
  }

  /** A row that a writer has locked right now is not lost; one at another epoch is. */
  private void loseWhatIsGone(List<Claim> unrenewed, Map<String, Object> mine) {
    List<UUID> still =
        database.inSystem(
            () -> database.sql().sql(STILL_MINE).params(mine).query(UUID.class).list());
    for (Claim claim : unrenewed) {
      if (!still.contains(claim.row().id())) {
        claim.lose();
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    try {
      if (thread.isAlive()) {
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
