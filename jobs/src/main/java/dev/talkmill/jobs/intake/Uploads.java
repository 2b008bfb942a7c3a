package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.postgres.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Rows of {@code upload}. */
final class Uploads {

  private static final String CONVERSATION_EXISTS =
      "SELECT EXISTS (SELECT FROM conversation WHERE tenant_id = :tenant AND id = :id)";

  private static final String INSERT =
      """
      INSERT INTO upload
        (tenant_id, id, conversation_id, bytes, media_type, sequence, recorded_at, storage_key,
         multipart_id, expires_at)
      SELECT c.tenant_id, :id, c.id, :bytes, :mediaType, :sequence, :recordedAt, :key, :multipart,
             clock_timestamp() + make_interval(secs => :validity)
      FROM conversation c WHERE c.tenant_id = :tenant AND c.id = :conversation
      RETURNING expires_at
      """;

  private static final String FIND =
      """
      SELECT u.*, u.state = 'EXPIRED' OR (u.state = 'OPEN' AND u.expires_at <= clock_timestamp())
               AS expired
      FROM upload u WHERE u.tenant_id = :tenant AND u.id = :id
      """;

  /** While it is being confirmed it does not expire, so that the sweep keeps its hands off it. */
  private static final String EXTEND =
      """
      UPDATE upload
      SET expires_at = greatest(expires_at, clock_timestamp() + make_interval(secs => :seconds))
      WHERE tenant_id = :tenant AND id = :id AND state = 'OPEN' AND expires_at > clock_timestamp()
      """;

  private static final String COMPLETE =
      """
      UPDATE upload SET state = 'COMPLETED', chunk_id = :chunk
      WHERE tenant_id = :tenant AND id = :id AND state = 'OPEN'
      """;

  private final Database database;

  Uploads(Database database) {
    this.database = database;
  }

  boolean conversationExists(UUID conversation) {
    return with(CONVERSATION_EXISTS, conversation).query(Boolean.class).single();
  }

  /**
   * Writes a new row.
   *
   * @return when it expires; empty if there is no such conversation
   */
  Optional<Instant> insert(Upload upload, Duration validity) {
    Instant recordedAt = upload.recordedAt();
    return with(INSERT, upload.id())
        .param("conversation", upload.conversation())
        .param("bytes", upload.bytes())
        .param("mediaType", upload.mediaType())
        .param("sequence", upload.sequence())
        .param("recordedAt", recordedAt == null ? null : recordedAt.atOffset(ZoneOffset.UTC))
        .param("key", upload.storageKey())
        .param("multipart", upload.multipartId())
        .param("validity", validity.toMillis() / 1000.0)
        .query(OffsetDateTime.class)
        .optional()
        .map(OffsetDateTime::toInstant);
  }

  Optional<Upload> find(UUID id) {
    return with(FIND, id).query(Uploads::read).optional();
  }

  Optional<Upload> lock(UUID id) {
    return with(FIND + " FOR UPDATE", id).query(Uploads::read).optional();
  }

  void extend(UUID id, Duration time) {
    with(EXTEND, id).param("seconds", time.toMillis() / 1000.0).update();
  }

  boolean complete(UUID id, UUID chunk) {
    return with(COMPLETE, id).param("chunk", chunk).update() == 1;
  }

  private StatementSpec with(String statement, UUID id) {
    return database.sql().sql(statement).param("tenant", database.tenant()).param("id", id);
  }

  private static Upload read(ResultSet row, int number) throws SQLException {
    return new Upload(
        row.getObject("id", UUID.class),
        row.getObject("conversation_id", UUID.class),
        row.getLong("bytes"),
        row.getString("media_type"),
        row.getObject("sequence", Long.class),
        recordedAt(row),
        row.getString("storage_key"),
        row.getString("multipart_id"),
        row.getObject("chunk_id", UUID.class),
        row.getBoolean("expired"));
  }

  private static @Nullable Instant recordedAt(ResultSet row) throws SQLException {
    OffsetDateTime time = row.getObject("recorded_at", OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
