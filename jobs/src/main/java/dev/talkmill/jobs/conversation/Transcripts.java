package dev.talkmill.jobs.conversation;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.jobs.postgres.Write;
import dev.talkmill.pipeline.aggregate.Transcript;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Versions of transcripts with their segments. */
public final class Transcripts {

  private static final String RETIRE =
      """
      UPDATE transcript SET is_current = false
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND is_current
      """;

  /** Numbers are never used again, also when erasure has deleted versions. */
  private static final String NEXT_VERSION =
      """
      UPDATE conversation SET last_version = last_version + 1
      WHERE tenant_id = :tenant AND id = :conversation RETURNING last_version
      """;

  private static final String INSERT =
      """
      INSERT INTO transcript
        (tenant_id, conversation_id, version, generation, language, text, gaps, provenance,
         is_current)
      VALUES (:tenant, :conversation, :version, :generation, :language, :text,
              CAST(:gaps AS jsonb), CAST(:provenance AS jsonb), true)
      """;

  private static final String INSERT_SEGMENTS =
      """
      INSERT INTO conversation_segment
        (tenant_id, conversation_id, version, ordinal, start_seconds, end_seconds, speaker, text,
         confidence, words)
      SELECT :tenant, :conversation, :version, s.ordinal, s.start_seconds, s.end_seconds, s.speaker,
             s.text, s.confidence, s.words
      FROM jsonb_to_recordset(CAST(:segments AS jsonb)) AS s
        (ordinal integer, start_seconds double precision, end_seconds double precision,
         speaker text, text text, confidence double precision, words jsonb)
      """;

  private static final String INSERT_LINKS =
      """
      INSERT INTO conversation_segment_conversation_chunk
        (tenant_id, conversation_id, version, ordinal, chunk_id)
      SELECT :tenant, :conversation, :version, s.ordinal, k.chunk_id
      FROM jsonb_to_recordset(CAST(:segments AS jsonb)) AS s (ordinal integer, chunk_ids uuid[])
      CROSS JOIN LATERAL unnest(s.chunk_ids) AS k (chunk_id)
      """;

  private static final String CURRENT_TEXTS =
      """
      SELECT s.text FROM transcript t
      JOIN conversation_segment s USING (tenant_id, conversation_id, version)
      WHERE t.tenant_id = :tenant AND t.conversation_id = :conversation AND t.is_current
        AND t.generation >= :generation
      ORDER BY s.ordinal
      """;

  private static final String CURRENT_HAS_GAPS =
      """
      SELECT coalesce(bool_or(gaps <> '[]'), false) FROM transcript
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND is_current
      """;

  private final Database database;

  public Transcripts(Database database) {
    this.database = database;
  }

  /** Keeps a transcript as the newest version and makes it the current one. */
  public long insert(UUID conversation, long generation, Transcript transcript) {
    write(RETIRE, conversation).later();
    long version = with(NEXT_VERSION, conversation).query(Long.class).single();
    write(INSERT, conversation)
        .param("version", version)
        .param("generation", generation)
        .param("language", transcript.language())
        .param("text", transcript.text())
        .param("gaps", Json.write(transcript.gaps()))
        .param("provenance", Json.write(transcript.provenance()))
        .later();
    if (!transcript.segments().isEmpty()) {
      String segments = Json.write(rows(transcript.segments()));
      for (String statement : List.of(INSERT_SEGMENTS, INSERT_LINKS)) {
        write(statement, conversation)
            .param("version", version)
            .param("segments", segments)
            .later();
      }
    }
    return version;
  }

  /** Texts of the current version's segments, in order. */
  public List<String> currentTexts(UUID conversation, long generation) {
    return with(CURRENT_TEXTS, conversation)
        .param("generation", generation)
        .query((row, number) -> row.getString("text"))
        .list();
  }

  public boolean currentHasGaps(UUID conversation) {
    return with(CURRENT_HAS_GAPS, conversation).query(Boolean.class).single();
  }

  private static List<SegmentRow> rows(List<Segment> segments) {
    List<SegmentRow> rows = new ArrayList<>(segments.size());
    for (Segment segment : segments) {
      rows.add(
          new SegmentRow(
              rows.size(),
              segment.start(),
              segment.end(),
              segment.speaker(),
              segment.text(),
              segment.confidence(),
              segment.words(),
              segment.chunkIds()));
    }
    return rows;
  }

  private Write write(String statement, UUID conversation) {
    return database
        .write(statement)
        .param("tenant", database.tenant())
        .param("conversation", conversation);
  }

  private StatementSpec with(String statement, UUID conversation) {
    return database
        .sql()
        .sql(statement)
        .param("tenant", database.tenant())
        .param("conversation", conversation);
  }

  @SuppressWarnings("unused") // Read by the JSON mapper.
  private record SegmentRow(
      int ordinal,
      @JsonProperty("start_seconds") double start,
      @JsonProperty("end_seconds") double end,
      @Nullable String speaker,
      String text,
      @Nullable Double confidence,
      List<Word> words,
      @JsonProperty("chunk_ids") List<UUID> chunkIds) {}
}
