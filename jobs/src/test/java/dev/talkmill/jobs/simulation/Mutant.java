package dev.talkmill.jobs.simulation;

/** Defects that the simulation must find, each one that a fault-tolerant queue is prone to. */
enum Mutant implements Mutation {
  NO_FENCE {
    @Override
    public String change(String sql) {
      return sql.replace("epoch = ?", "(epoch = ? OR true)");
    }
  },

  A_ROW_AT_WORK_IS_TAKEN_AGAIN {
    @Override
    public String change(String sql) {
      return sql.replace(
          "state || '' = 'QUEUED' AND epoch = ?",
          "state || '' IN ('QUEUED', 'PROCESSING') AND (epoch = ? OR true)");
    }
  },

  A_LEASE_IS_FOR_EVER {
    @Override
    public String change(String sql) {
      return sql.replace("AND lease_until < now()", "AND lease_until < now() AND false");
    }
  },

  ACKNOWLEDGED_BEFORE_COMMIT {
    @Override
    public boolean acknowledgesWhatIsLost() {
      return true;
    }
  },

  RELAY_OUTSIDE_OF_THE_TRANSACTION {
    @Override
    public boolean commitsBeforeJobs() {
      return true;
    }
  },

  FAN_IN_COUNTED {
    @Override
    public String change(String sql) {
      return sql.replaceAll(OPEN_CHUNKS, ENDS_SO_FAR);
    }
  },

  A_NEW_CHUNK_LEAVES_THE_CONVERSATION_AS_IT_IS {
    @Override
    public String change(String sql) {
      return sql.replace("generation = generation + 1, outcome = NULL,", "");
    }
  },

  A_REPEATED_UPLOAD_IS_A_NEW_ONE {
    @Override
    public String change(String sql) {
      return sql.replace("AND key = ?", "AND key = ? AND false");
    }
  },

  AN_ERASED_CONVERSATION_LEAVES_ITS_CALLS {
    @Override
    public String change(String sql) {
      return sql.replace(
          "DELETE FROM provider_call WHERE", "DELETE FROM provider_call WHERE false AND");
    }
  };

  private static final String OPEN_CHUNKS =
      "EXISTS \\(SELECT FROM conversation_chunk k[^)]*\\) AS open_chunks";

  /** Every end counts, also the second one of the same chunk. */
  private static final String ENDS_SO_FAR =
      """
      (SELECT count(*) FROM processing_status p
       WHERE p.tenant_id = c.tenant_id AND p.conversation_id = c.id
         AND ((p.stage = 'TRANSCRIBE' AND p.state IN ('COMPLETED', 'FAILED'))
              OR (p.stage = 'PREPARE' AND (p.state = 'FAILED' OR p.outcome = 'no_speech'))))
      < (SELECT count(*) FROM conversation_chunk k
         WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id) AS open_chunks
      """;
}
