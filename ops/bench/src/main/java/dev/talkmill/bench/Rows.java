package dev.talkmill.bench;

import dev.talkmill.bench.FrontDoor.Home;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.pipeline.chunk.ChunkSource;
import dev.talkmill.pipeline.ledger.Priority;

/**
 * Rows made by SQL, for states that the front door would need hours to reach. Triggers are off
 * meanwhile, and so are foreign keys; afterwards the tables are analysed, as autovacuum would.
 */
final class Rows {

  private static final String WITHOUT_TRIGGERS = "SET session_replication_role = replica";

  private Rows() {}

  /**
   * Accepted chunks of 2 KiB, 20 a conversation, each with its bytes in the spool and a STORE row
   * that is due.
   */
  static void accepted(
      Address address, Home home, int chunks, ChunkSource source, Priority priority) {
    Stand.execute(
        address,
        WITHOUT_TRIGGERS,
        "SET search_path = talkmill",
        """
        CREATE TEMP TABLE made AS
        SELECT CAST('%s' AS uuid) AS tenant_id, CAST('%s' AS uuid) AS project_id,
               md5('%s/' || (i - 1) / 20)::uuid AS conversation_id, uuidv7() AS id,
               1 + (i - 1) %% 20 AS ordinal
        FROM generate_series(1, %d) AS i
        """
            .formatted(home.tenant(), home.project(), home.tenant(), chunks),
        """
        INSERT INTO conversation
          (tenant_id, id, project_id, generation, next_ordinal, last_activity_at)
        SELECT tenant_id, conversation_id, project_id, 1 + count(*), 1 + count(*), now()
        FROM made GROUP BY tenant_id, conversation_id, project_id
        """,
        """
        INSERT INTO conversation_chunk
          (tenant_id, id, conversation_id, source, ordinal, bytes, sha256, media_type)
        SELECT tenant_id, id, conversation_id, '%s', ordinal, 2048, repeat('0', 64), 'audio/webm'
        FROM made
        """
            .formatted(source),
        """
        INSERT INTO chunk_spool (tenant_id, chunk_id, body, size)
        SELECT tenant_id, id, '\\x1a45dfa3'::bytea || convert_to(repeat('talk', 511), 'UTF8'), 2048
        FROM made
        """,
        """
        INSERT INTO processing_status
          (tenant_id, id, project_id, conversation_id, subject_id, stage, generation, priority)
        SELECT tenant_id, uuidv7(), project_id, conversation_id, id, 'STORE', 1, %d
        FROM made
        """
            .formatted(priority.rank()),
        "ANALYZE conversation, conversation_chunk, chunk_spool, processing_status");
  }
}
