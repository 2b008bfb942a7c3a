package dev.talkmill.bench;

import dev.talkmill.bench.Mill.Shape;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/** Takes chunks in and leaves the work to workers in other processes. */
final class NodeJourneys implements JourneyEngine {

  private static final String SUMMARY_MADE =
      "SELECT outcome IS NOT NULL FROM talkmill.conversation WHERE id = ?";

  private static final long LOOK_AGAIN_MILLIS = 5;
  private static final long LIMIT_NANOS = 300_000_000_000L;

  private final MillJourneys intake;
  private final Connection connection;

  NodeJourneys(Address address, Path scratch) throws SQLException {
    this.connection = Pools.owner(address).getConnection();
    this.intake = new MillJourneys(new Mill(address, scratch, Shape.usual()).startIntake());
  }

  @Override
  public UUID conversation() {
    return intake.conversation();
  }

  @Override
  public void accept(UUID conversation) {
    intake.accept(conversation);
  }

  @Override
  public void finish(UUID conversation) {
    intake.finish(conversation);
  }

  @Override
  public void awaitSummary(UUID conversation) {
    long start = System.nanoTime();
    try {
      while (!Jdbc.query(connection, row -> row.getBoolean(1), SUMMARY_MADE, conversation)
          .getFirst()) {
        if (System.nanoTime() - start > LIMIT_NANOS) {
          throw new IllegalStateException("no summary of " + conversation);
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * How many provider calls were made for chunks beyond the one that each needs.
   *
   * @throws IllegalStateException if a chunk has no transcript
   */
  long duplicates() throws SQLException {
    Counts counts = Jdbc.query(connection, Counts::read, Counts.QUERY).getFirst();
    if (counts.transcripts() != counts.chunks() || counts.calls() < counts.chunks()) {
      throw new IllegalStateException("not every chunk was transcribed: " + counts);
    }
    return counts.calls() - counts.chunks();
  }

  private record Counts(long chunks, long transcripts, long calls) {

    private static final String QUERY =
        """
        SELECT (SELECT count(*) FROM talkmill.conversation_chunk),
               (SELECT count(*) FROM talkmill.chunk_transcript),
               (SELECT count(*) FROM talkmill.provider_call c
                JOIN talkmill.processing_status s
                  ON s.tenant_id = c.tenant_id AND s.id = c.status_id
                WHERE s.stage = 'TRANSCRIBE')
        """;

    static Counts read(java.sql.ResultSet row) throws SQLException {
      return new Counts(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  @Override
  public void close() {
    intake.close();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
