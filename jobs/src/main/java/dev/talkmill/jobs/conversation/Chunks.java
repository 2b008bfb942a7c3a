package dev.talkmill.jobs.conversation;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Write;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.chunk.ChunkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Rows of {@code conversation_chunk}. */
public final class Chunks {

  private static final String INSERT =
      """
      INSERT INTO conversation_chunk
        (tenant_id, id, conversation_id, parent_id, source, ordinal, sequence, recorded_at, state,
         bytes, sha256, media_type, storage_key, seconds, offset_seconds, owned_start, owned_end)
      VALUES (:tenant, :id, :conversation, :parent, :source, :ordinal, :sequence, :recordedAt,
              :state, :bytes, :sha256, :mediaType, :storageKey, :seconds, :offset, :ownedStart,
              :ownedEnd)
      """;

  /** No join: without statistics it was planned to read all conversations of the tenant. */
  private static final String FIND =
      """
      SELECT k.*, coalesce(k.sequence, k.ordinal) AS place,
             (SELECT c.project_id FROM conversation c
              WHERE c.tenant_id = k.tenant_id AND c.id = k.conversation_id) AS project_id,
             k.id = (SELECT f.id FROM conversation_chunk f
                     WHERE f.tenant_id = k.tenant_id AND f.conversation_id = k.conversation_id
                       AND f.parent_id IS NULL AND f.source <> 'PORTAL_TEXT'
                     ORDER BY coalesce(f.sequence, f.ordinal), f.ordinal LIMIT 1) IS TRUE AS first
      FROM conversation_chunk k
      WHERE k.tenant_id = :tenant AND k.id = :id
      """;

  private static final String STORED =
      """
      UPDATE conversation_chunk SET storage_key = :key, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String DROP_SPOOL =
      "DELETE FROM chunk_spool WHERE tenant_id = :tenant AND chunk_id = :id";

  private static final String PREPARED =
      """
      UPDATE conversation_chunk
      SET seconds = :seconds, missing_seconds = :missing, owned_start = 0, owned_end = :seconds,
          media_type = :mediaType, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String END =
      """
      UPDATE conversation_chunk SET state = :state, code = :code, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND revision = :revision AND state = 'OPEN'
      """;

  private static final String REOPEN =
      """
      UPDATE conversation_chunk SET state = 'OPEN', code = NULL, updated_at = clock_timestamp()
      WHERE tenant_id = :tenant AND id = :id AND revision = :revision AND state <> 'OPEN'
      """;

  private static final String SPOOL =
      """
      INSERT INTO chunk_spool (tenant_id, chunk_id, body, size)
      VALUES (:tenant, :id, :body, :size)
      """;

  private static final String FIRST_OF_CONVERSATION =
      """
      SELECT id FROM conversation_chunk
      WHERE tenant_id = :tenant AND conversation_id = :id AND parent_id IS NULL
        AND source <> 'PORTAL_TEXT'
      ORDER BY coalesce(sequence, ordinal), ordinal LIMIT 1
      """;

  private static final long FIRST_REVISION = 1;

  private final Database database;

  public Chunks(Database database) {
    this.database = database;
  }

  /**
   * A row to be inserted.
   *
   * @param ownedStart with {@code ownedEnd}, the stretch of the parent that a SPLIT child answers
   *     for
   */
  public record Insert(
      UUID id,
      UUID conversation,
      @Nullable UUID parent,
      ChunkSource source,
      long ordinal,
      @Nullable Long sequence,
      @Nullable Instant recordedAt,
      ChunkState state,
      long bytes,
      @Nullable String sha256,
      String mediaType,
      @Nullable String storageKey,
      @Nullable Double seconds,
      double offset,
      @Nullable Double ownedStart,
      @Nullable Double ownedEnd) {}

  /** Inserts a chunk of a conversation that this transaction holds; returns it as it stands. */
  public Chunk insert(LockedConversation conversation, Insert chunk) {
    Instant recordedAt = chunk.recordedAt();
    write(INSERT, chunk.id())
        .param("conversation", chunk.conversation())
        .param("parent", chunk.parent())
        .param("source", chunk.source().name())
        .param("ordinal", chunk.ordinal())
        .param("sequence", chunk.sequence())
        .param(
            "recordedAt",
            recordedAt == null ? null : OffsetDateTime.ofInstant(recordedAt, ZoneOffset.UTC))
        .param("state", chunk.state().name())
        .param("bytes", chunk.bytes())
        .param("sha256", chunk.sha256())
        .param("mediaType", chunk.mediaType())
        .param("storageKey", chunk.storageKey())
        .param("seconds", chunk.seconds())
        .param("offset", chunk.offset())
        .param("ownedStart", chunk.ownedStart())
        .param("ownedEnd", chunk.ownedEnd())
        .later();
    return new Chunk(
        database.tenant(),
        chunk.id(),
        chunk.conversation(),
        conversation.project(),
        chunk.parent(),
        chunk.source(),
        chunk.sequence() == null ? chunk.ordinal() : chunk.sequence(),
        FIRST_REVISION,
        chunk.state(),
        null,
        chunk.bytes(),
        chunk.sha256(),
        chunk.mediaType(),
        chunk.storageKey(),
        chunk.seconds(),
        chunk.offset(),
        false);
  }

  public Optional<Chunk> find(UUID id) {
    return with(FIND, id).query(Chunks::read).optional();
  }

  /**
   * The first audio chunk of a conversation: the one whose header a browser's later slices lack.
   */
  public Optional<UUID> firstAudio(UUID conversation) {
    return with(FIRST_OF_CONVERSATION, conversation).query(UUID.class).optional();
  }

  public void spool(UUID id, java.io.InputStream body, long bytes) {
    with(SPOOL, id)
        .param("body", new org.springframework.jdbc.core.support.SqlBinaryValue(body, bytes))
        .param("size", bytes)
        .update();
  }

  /** The bytes are in the object store; what was spooled goes in the same transaction. */
  public void stored(UUID id, String key) {
    write(STORED, id).param("key", key).later();
    write(DROP_SPOOL, id).later();
  }

  public void prepared(UUID id, double seconds, double missing, String mediaType) {
    write(PREPARED, id)
        .param("seconds", seconds)
        .param("missing", missing)
        .param("mediaType", mediaType)
        .later();
  }

  /**
   * Ends the current revision, once.
   *
   * @return false if the chunk has moved on to another revision, or a late handler's successor has
   *     ended this one
   */
  public boolean end(UUID id, long revision, ChunkState state, @Nullable String code) {
    return with(END, id)
            .param("revision", revision)
            .param("state", state.name())
            .param("code", code)
            .update()
        == 1;
  }

  /** Bytes that can never be stored need not be kept. */
  public void dropSpool(UUID id) {
    write(DROP_SPOOL, id).later();
  }

  public boolean reopen(UUID id, long revision) {
    return with(REOPEN, id).param("revision", revision).update() == 1;
  }

  private Write write(String statement, UUID id) {
    return database.write(statement).param("tenant", database.tenant()).param("id", id);
  }

  private StatementSpec with(String statement, UUID id) {
    return database.sql().sql(statement).param("tenant", database.tenant()).param("id", id);
  }

  private static Chunk read(ResultSet row, int number) throws SQLException {
    return new Chunk(
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class),
        row.getObject("conversation_id", UUID.class),
        row.getObject("project_id", UUID.class),
        row.getObject("parent_id", UUID.class),
        ChunkSource.valueOf(row.getString("source")),
        row.getLong("place"),
        row.getLong("revision"),
        ChunkState.valueOf(row.getString("state")),
        row.getString("code"),
        row.getLong("bytes"),
        row.getString("sha256"),
        row.getString("media_type"),
        row.getString("storage_key"),
        row.getObject("seconds", Double.class),
        row.getDouble("offset_seconds"),
        row.getBoolean("first"));
  }
}
