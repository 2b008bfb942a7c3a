package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.aggregate.ChunkResult;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;

/** How the chunks of a conversation stand, by hand; see {@link HandWork}. */
final class HandResults {

  private static final TypeReference<List<SpeechSegment>> SEGMENTS = new TypeReference<>() {};

  private static final String RESULTS =
      """
      SELECT u.id, u.state, u.code, coalesce(u.seconds, 0), u.missing_seconds, p.offset_seconds,
             coalesce(p.owned_start, 0), coalesce(p.owned_end, p.seconds, 0), t.language,
             t.segments, t.provider, t.model, t.attempt, t.cost_micros
      FROM conversation_chunk u
      JOIN conversation_chunk p
        ON p.tenant_id = u.tenant_id
       AND ((u.state = 'SPLIT' AND p.parent_id = u.id) OR (u.state <> 'SPLIT' AND p.id = u.id))
      LEFT JOIN chunk_transcript t
        ON t.tenant_id = p.tenant_id AND t.chunk_id = p.id AND t.revision = p.revision
      WHERE u.tenant_id = ? AND u.conversation_id = ? AND u.parent_id IS NULL
      ORDER BY coalesce(u.sequence, u.ordinal), u.recorded_at NULLS LAST, u.ordinal, p.ordinal
      """;

  private HandResults() {}

  static List<ChunkResult> of(Jdbc jdbc, HandRow row) throws SQLException {
    return jdbc.query(HandResults::read, RESULTS, row.tenant(), row.conversation());
  }

  /** A conversation whose chunks are never cut has one row a chunk. */
  private static ChunkResult read(ResultSet row) throws SQLException {
    ChunkState state = ChunkState.valueOf(row.getString(2));
    List<SpeechSegment> segments = Json.readList(row.getString(10), SEGMENTS);
    return new ChunkResult(
        row.getObject(1, UUID.class),
        state,
        row.getString(3),
        row.getDouble(4),
        row.getDouble(5),
        List.of(
            new ChunkResult.Part(
                state,
                row.getString(3),
                row.getDouble(6),
                row.getDouble(7),
                row.getDouble(8),
                row.getString(9),
                segments,
                new ChunkResult.Source(
                    row.getString(11), row.getString(12), row.getInt(13), row.getLong(14)))));
  }
}
