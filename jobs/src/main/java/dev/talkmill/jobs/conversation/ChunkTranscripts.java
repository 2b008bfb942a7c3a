package dev.talkmill.jobs.conversation;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.aggregate.ChunkResult;
import dev.talkmill.pipeline.aggregate.ChunkResult.Part;
import dev.talkmill.pipeline.aggregate.ChunkResult.Source;
import dev.talkmill.pipeline.chunk.ChunkState;
import dev.talkmill.pipeline.transcribe.Recognition.SpeechSegment;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Results of recognition, one row per chunk and revision. */
public final class ChunkTranscripts {

  private static final TypeReference<List<SpeechSegment>> SEGMENTS = new TypeReference<>() {};

  private static final String INSERT =
      """
      INSERT INTO chunk_transcript
        (tenant_id, chunk_id, revision, language, text, segments, dropped, provider, model,
         request_id, attempt, cost_micros)
      VALUES (:tenant, :chunk, :revision, :language, :text, CAST(:segments AS jsonb),
              CAST(:dropped AS jsonb), :provider, :model, :requestId, :attempt, :costMicros)
      """;

  /** Uploaded chunks in their order, each with its parts: its children, or itself. */
  private static final String RESULTS =
      """
      SELECT u.id AS chunk_id, u.state AS chunk_state, u.code AS chunk_code,
             coalesce(u.seconds, 0) AS chunk_seconds, u.missing_seconds,
             p.state, p.code, p.offset_seconds, coalesce(p.owned_start, 0) AS owned_start,
             coalesce(p.owned_end, p.seconds, 0) AS owned_end,
             t.language, t.segments, t.provider, t.model, t.attempt, t.cost_micros
      FROM conversation_chunk u
      JOIN conversation_chunk p
        ON p.tenant_id = u.tenant_id
       AND ((u.state = 'SPLIT' AND p.parent_id = u.id) OR (u.state <> 'SPLIT' AND p.id = u.id))
      LEFT JOIN chunk_transcript t
        ON t.tenant_id = p.tenant_id AND t.chunk_id = p.id AND t.revision = p.revision
      WHERE u.tenant_id = :tenant AND u.conversation_id = :conversation AND u.parent_id IS NULL
      ORDER BY coalesce(u.sequence, u.ordinal), u.recorded_at NULLS LAST, u.ordinal, p.ordinal
      """;

  private final Database database;

  public ChunkTranscripts(Database database) {
    this.database = database;
  }

  /**
   * A result to be kept.
   *
   * @param dropped what the guard against invented speech took out, as JSON
   * @param provider null for text that a person wrote
   */
  public record Result(
      UUID chunk,
      long revision,
      @Nullable String language,
      List<SpeechSegment> segments,
      String dropped,
      @Nullable String provider,
      @Nullable String model,
      @Nullable String requestId,
      int attempt,
      long costMicros) {}

  public void insert(Result result) {
    String text =
        String.join(" ", result.segments().stream().map(SpeechSegment::text).toList()).strip();
    database
        .write(INSERT)
        .param("tenant", database.tenant())
        .param("chunk", result.chunk())
        .param("revision", result.revision())
        .param("language", result.language())
        .param("text", text)
        .param("segments", Json.write(result.segments()))
        .param("dropped", result.dropped())
        .param("provider", result.provider())
        .param("model", result.model())
        .param("requestId", result.requestId())
        .param("attempt", result.attempt())
        .param("costMicros", result.costMicros())
        .later();
  }

  /** How every uploaded chunk of a conversation stands, in the conversation's order. */
  public List<ChunkResult> of(UUID conversation) {
    Map<UUID, ChunkResult> chunks = new LinkedHashMap<>();
    Map<UUID, List<Part>> parts = new LinkedHashMap<>();
    database
        .sql()
        .sql(RESULTS)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .query(row -> {
          UUID id = row.getObject("chunk_id", UUID.class);
          chunks.putIfAbsent(id, chunk(id, row));
          parts.computeIfAbsent(id, any -> new ArrayList<>()).add(part(row));
        });
    return chunks.values().stream()
        .map(chunk ->
            new ChunkResult(
                chunk.chunkId(),
                chunk.state(),
                chunk.code(),
                chunk.seconds(),
                chunk.missingSeconds(),
                parts.getOrDefault(chunk.chunkId(), List.of())))
        .toList();
  }

  private static ChunkResult chunk(UUID id, ResultSet row) throws SQLException {
    return new ChunkResult(
        id,
        ChunkState.valueOf(row.getString("chunk_state")),
        row.getString("chunk_code"),
        row.getDouble("chunk_seconds"),
        row.getDouble("missing_seconds"),
        List.of());
  }

  private static Part part(ResultSet row) throws SQLException {
    String segments = row.getString("segments");
    String provider = row.getString("provider");
    return new Part(
        ChunkState.valueOf(row.getString("state")),
        row.getString("code"),
        row.getDouble("offset_seconds"),
        row.getDouble("owned_start"),
        row.getDouble("owned_end"),
        row.getString("language"),
        segments == null ? List.of() : Json.readList(segments, SEGMENTS),
        provider == null
            ? null
            : new Source(
                provider,
                row.getString("model"),
                row.getInt("attempt"),
                row.getLong("cost_micros")));
  }
}
