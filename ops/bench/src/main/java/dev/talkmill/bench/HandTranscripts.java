package dev.talkmill.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.aggregate.Timeline;
import dev.talkmill.pipeline.aggregate.Transcript;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.pipeline.summarize.Summarizer.Summary;
import dev.talkmill.pipeline.summarize.Summarizer.SummaryRequest;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The stages of a conversation, by hand; see {@link HandWork}. */
final class HandTranscripts {

  private static final String TRANSCRIPT_MADE =
      """
      UPDATE conversation SET transcript_generation = ?, updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ? AND transcript_generation < ?
      """;

  private static final String RETIRE =
      """
      UPDATE transcript SET is_current = false
      WHERE tenant_id = ? AND conversation_id = ? AND is_current
      """;

  private static final String NEXT_VERSION =
      """
      UPDATE conversation SET last_version = last_version + 1
      WHERE tenant_id = ? AND id = ? RETURNING last_version
      """;

  private static final String INSERT =
      """
      INSERT INTO transcript
        (tenant_id, conversation_id, version, generation, language, text, gaps, provenance,
         is_current)
      VALUES (?, ?, ?, ?, ?, ?, CAST(? AS jsonb), CAST(? AS jsonb), true)
      """;

  private static final String INSERT_SEGMENTS =
      """
      INSERT INTO conversation_segment
        (tenant_id, conversation_id, version, ordinal, start_seconds, end_seconds, speaker, text,
         confidence, words)
      SELECT ?, ?, ?, s.ordinal, s.start_seconds, s.end_seconds, s.speaker, s.text, s.confidence,
             s.words
      FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s
        (ordinal integer, start_seconds double precision, end_seconds double precision,
         speaker text, text text, confidence double precision, words jsonb)
      """;

  private static final String INSERT_LINKS =
      """
      INSERT INTO conversation_segment_conversation_chunk
        (tenant_id, conversation_id, version, ordinal, chunk_id)
      SELECT ?, ?, ?, s.ordinal, k.chunk_id
      FROM jsonb_to_recordset(CAST(? AS jsonb)) AS s (ordinal integer, chunk_ids uuid[])
      CROSS JOIN LATERAL unnest(s.chunk_ids) AS k (chunk_id)
      """;

  private static final String TEXTS =
      """
      SELECT s.text FROM transcript t
      JOIN conversation_segment s USING (tenant_id, conversation_id, version)
      WHERE t.tenant_id = ? AND t.conversation_id = ? AND t.is_current AND t.generation >= ?
      ORDER BY s.ordinal
      """;

  private static final String HAS_GAPS =
      """
      SELECT coalesce(bool_or(gaps <> '[]'), false) FROM transcript
      WHERE tenant_id = ? AND conversation_id = ? AND is_current
      """;

  private static final String SETTLE =
      """
      UPDATE conversation
      SET summary_generation = ?, summary = ?, summary_model = ?,
          title = CASE WHEN title_by_person THEN title ELSE coalesce(?, title) END, outcome = ?,
          settled_count = settled_count + 1, updated_at = clock_timestamp()
      WHERE tenant_id = ? AND id = ? AND summary_generation < ? AND generation = ?
      """;

  private final Jdbc jdbc;
  private final HandWork work;
  private final Summarizer summarizer = Fakes.summarizer();

  HandTranscripts(Jdbc jdbc, HandWork work) {
    this.jdbc = jdbc;
    this.work = work;
  }

  HandRow aggregate(HandRow row) throws SQLException {
    Transcript transcript = Timeline.join(HandResults.of(jdbc, row));
    return jdbc.inTransaction(connection -> {
      HandConversation.lock(connection, row.tenant(), row.conversation());
      Jdbc.updateOne(
          connection,
          TRANSCRIPT_MADE,
          row.generation(),
          row.tenant(),
          row.conversation(),
          row.generation());
      insert(connection, row, transcript);
      row.complete(connection);
      return row.then(Stage.SUMMARIZE).insertClaimed(connection);
    });
  }

  private static void insert(Connection connection, HandRow row, Transcript transcript)
      throws SQLException {
    UUID tenant = row.tenant();
    UUID id = row.conversation();
    Jdbc.update(connection, RETIRE, tenant, id);
    long version =
        Jdbc.query(connection, found -> found.getLong(1), NEXT_VERSION, tenant, id).getFirst();
    Jdbc.updateOne(
        connection,
        INSERT,
        tenant,
        id,
        version,
        row.generation(),
        transcript.language(),
        transcript.text(),
        Json.write(transcript.gaps()),
        Json.write(transcript.provenance()));
    String segments = Json.write(rows(transcript.segments()));
    Jdbc.update(connection, INSERT_SEGMENTS, tenant, id, version, segments);
    Jdbc.update(connection, INSERT_LINKS, tenant, id, version, segments);
  }

  private static List<SegmentRow> rows(List<Transcript.Segment> segments) {
    List<SegmentRow> rows = new ArrayList<>(segments.size());
    for (Transcript.Segment segment : segments) {
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

  void summarize(HandRow row) throws SQLException {
    List<String> texts =
        jdbc.query(
            found -> found.getString(1), TEXTS, row.tenant(), row.conversation(), row.generation());
    HandProject project = HandProject.find(jdbc, row);
    SummaryRequest request =
        new SummaryRequest(
            texts,
            project.language(),
            project.keyTerms(),
            project.titleWanted(),
            Duration.ofMinutes(5));
    HandWork.Answered<Summary> summary =
        work.call(
            row, summarizer.provider(), summarizer.model(), 0, () -> summarizer.summarize(request));
    jdbc.inTransaction(connection -> settle(connection, row, summary));
  }

  private static List<HandRow> settle(
      Connection connection, HandRow row, HandWork.Answered<Summary> answered) throws SQLException {
    Summary summary = answered.answer();
    UUID tenant = row.tenant();
    UUID id = row.conversation();
    HandConversation conversation = HandConversation.lock(connection, tenant, id);
    HandWork.done(connection, row, answered);
    boolean gaps =
        Jdbc.query(connection, found -> found.getBoolean(1), HAS_GAPS, tenant, id).getFirst();
    Jdbc.updateOne(
        connection,
        SETTLE,
        row.generation(),
        summary.text(),
        summary.model(),
        summary.title(),
        gaps ? "partial" : "ok",
        tenant,
        id,
        row.generation(),
        row.generation());
    row.complete(connection);
    return conversation.due(connection);
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
