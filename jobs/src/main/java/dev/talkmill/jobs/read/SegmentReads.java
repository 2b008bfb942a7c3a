package dev.talkmill.jobs.read;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.aggregate.Transcript.Segment;
import dev.talkmill.pipeline.transcribe.Recognition.Word;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Segments of kept transcripts. */
public final class SegmentReads {

  private static final TypeReference<List<Word>> WORDS = new TypeReference<>() {};

  private static final String PAGE =
      """
      SELECT s.*, ARRAY(
               SELECT l.chunk_id FROM conversation_segment_conversation_chunk l
               WHERE l.tenant_id = s.tenant_id AND l.conversation_id = s.conversation_id
                 AND l.version = s.version AND l.ordinal = s.ordinal
               ORDER BY l.chunk_id) AS chunk_ids
      FROM conversation_segment s
      WHERE s.tenant_id = :tenant AND s.conversation_id = :conversation AND s.version = :version
        AND s.ordinal > :after
      ORDER BY s.ordinal LIMIT :limit
      """;

  private static final String VERSION =
      """
      SELECT version FROM transcript
      WHERE tenant_id = :tenant AND conversation_id = :conversation
        AND CASE WHEN CAST(:version AS bigint) IS NULL THEN is_current ELSE version = :version END
      """;

  private final Database database;

  public SegmentReads(Database database) {
    this.database = database;
  }

  /** The version asked for, or the current one; empty if it does not exist. */
  public Optional<Long> version(UUID tenant, UUID conversation, @Nullable Long version) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(VERSION)
                .param("tenant", tenant)
                .param("conversation", conversation)
                .param("version", version)
                .query(Long.class)
                .optional());
  }

  /** Segments in order, after the place {@code after}; places count from 0. */
  public List<Segment> page(UUID tenant, UUID conversation, long version, int after, int limit) {
    return database.inTenant(
        tenant,
        () ->
            database
                .sql()
                .sql(PAGE)
                .param("tenant", tenant)
                .param("conversation", conversation)
                .param("version", version)
                .param("after", after)
                .param("limit", limit)
                .query(SegmentReads::read)
                .list());
  }

  private static Segment read(ResultSet row, int number) throws SQLException {
    return new Segment(
        row.getDouble("start_seconds"),
        row.getDouble("end_seconds"),
        row.getString("speaker"),
        row.getString("text"),
        row.getObject("confidence", Double.class),
        List.of((UUID[]) row.getArray("chunk_ids").getArray()),
        Json.readList(row.getString("words"), WORDS));
  }
}
