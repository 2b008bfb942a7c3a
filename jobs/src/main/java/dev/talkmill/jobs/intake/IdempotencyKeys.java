package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.postgres.Database;
import java.util.Optional;
import java.util.UUID;

/** Keys that clients name to make a repeated request safe; kept for 24 h. */
final class IdempotencyKeys {

  /** A key older than this is as good as new, whether or not the sweep has removed it yet. */
  private static final String FIND =
      """
      SELECT body_sha256, chunk_id FROM idempotency_key
      WHERE tenant_id = :tenant AND conversation_id = :conversation AND key = :key
        AND created_at > clock_timestamp() - interval '24 hours'
      """;

  private static final String INSERT =
      """
      INSERT INTO idempotency_key (tenant_id, conversation_id, key, body_sha256, chunk_id)
      VALUES (:tenant, :conversation, :key, :sha256, :chunk)
      ON CONFLICT (tenant_id, conversation_id, key) DO UPDATE
      SET body_sha256 = excluded.body_sha256, chunk_id = excluded.chunk_id,
          created_at = clock_timestamp()
      """;

  private final Database database;

  IdempotencyKeys(Database database) {
    this.database = database;
  }

  record Used(String bodySha256, UUID chunk) {}

  Optional<Used> find(UUID conversation, String key) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .param("key", key)
        .query((row, number) ->
            new Used(row.getString("body_sha256"), row.getObject("chunk_id", UUID.class)))
        .optional();
  }

  void insert(UUID conversation, String key, String sha256, UUID chunk) {
    database
        .sql()
        .sql(INSERT)
        .param("tenant", database.tenant())
        .param("conversation", conversation)
        .param("key", key)
        .param("sha256", sha256)
        .param("chunk", chunk)
        .update();
  }
}
