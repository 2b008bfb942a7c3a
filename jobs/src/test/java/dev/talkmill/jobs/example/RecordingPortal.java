package dev.talkmill.jobs.example;

import dev.talkmill.config.LedgerSettings;
import dev.talkmill.jobs.JobSystem.Core;
import dev.talkmill.jobs.intake.Accepted;
import dev.talkmill.jobs.intake.NewChunk;
import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.chunk.ChunkSource;
import java.io.ByteArrayInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.UUID;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/** An upload API with a table of its own, which changes together with Talkmill's or not at all. */
final class RecordingPortal {

  // README: begin
  private final TransactionTemplate transactions;
  private final JdbcClient sql;
  private final Core talkmill;

  /** Over the portal's own pool; {@code signal} is a started WakeUp, or does nothing. */
  RecordingPortal(JdbcTransactionManager manager, DataSize spoolMax, DueSignal signal) {
    var settings = new Binder().bindOrCreate("talkmill.ledger", Bindable.of(LedgerSettings.class));
    var database = new Database(manager.getDataSource(), manager);
    this.transactions = new TransactionTemplate(manager);
    this.sql = JdbcClient.create(manager.getDataSource());
    this.talkmill = Core.over(database, settings, spoolMax.toBytes(), Clock.systemUTC(), signal);
  }

  /** Keeps a slice: the portal's row, the bytes and the work on them in one commit. */
  UUID keep(UUID tenant, UUID conversation, long visit, byte[] slice, String key) {
    talkmill.spool().refresh(); // Before the transaction: it reads what all tenants have waiting.
    return transactions.execute(status -> {
      sql.sql("UPDATE portal.visit SET slices = slices + 1 WHERE id = ?").param(visit).update();
      return switch (talkmill.intake().accept(chunk(tenant, conversation, slice, key))) {
        case Accepted.Taken taken -> taken.chunk().id();
        case Accepted.SpoolFull full -> throw new Refused("try again in " + full.retryAfter());
        case Accepted.KeyReused _ -> throw new Refused("the key was used with other bytes");
        case Accepted.UnknownConversation _ -> throw new Refused("no such conversation");
      };
    });
  }

  private static NewChunk chunk(UUID tenant, UUID conversation, byte[] slice, String key) {
    return new NewChunk(
        tenant,
        conversation,
        ChunkSource.PORTAL_AUDIO,
        null, // The recorder's own number of the slice, where it has one.
        null, // When it was recorded, where that is known.
        "audio/webm",
        slice.length,
        sha256(slice),
        () -> new ByteArrayInputStream(slice),
        key);
  }

  // README: end

  Core talkmill() {
    return talkmill;
  }

  /** Rolls the transaction back. */
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
