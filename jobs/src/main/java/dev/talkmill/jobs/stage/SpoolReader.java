package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Copies spooled bytes to a file, a piece at a time, so that the heap never holds a whole chunk.
 */
final class SpoolReader {

  private static final int PIECE = 1 << 20;

  /** The column is stored uncompressed, so a piece is read without the rest. */
  private static final String READ =
      """
      SELECT substring(body FROM :first FOR :length) FROM chunk_spool
      WHERE tenant_id = :tenant AND chunk_id = :id
      """;

  private final Database database;

  SpoolReader(Database database) {
    this.database = database;
  }

  /** Copies; false if nothing is spooled. */
  boolean copy(UUID tenant, UUID chunk, Path target) {
    try (OutputStream out = Files.newOutputStream(target)) {
      for (long first = 1; ; first += PIECE) {
        Optional<byte[]> piece = piece(tenant, chunk, first);
        if (piece.isEmpty()) {
          return false;
        }
        out.write(piece.get());
        if (piece.get().length < PIECE) {
          return true;
        }
      }
    } catch (IOException e) {
      throw FailureException.of(FailureCode.SCRATCH_FULL, "spooled bytes could not be copied", e);
    }
  }

  private Optional<byte[]> piece(UUID tenant, UUID chunk, long first) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(READ)
                .param("tenant", tenant)
                .param("id", chunk)
                .param("first", (int) first)
                .param("length", PIECE)
                .query((row, number) -> row.getBytes(1))
                .optional());
  }
}
