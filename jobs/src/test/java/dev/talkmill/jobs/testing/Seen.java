package dev.talkmill.jobs.testing;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Looks at rows as they are. */
public record Seen(Database database, Home home) {

  /** A conversation's flags. */
  public record Conversation(
      long generation,
      long transcriptGeneration,
      long summaryGeneration,
      @Nullable String outcome,
      @Nullable String summary,
      boolean finished,
      boolean allTranscribed) {}

  /** A ledger row. */
  public record Row(
      UUID id,
      String stage,
      UUID subject,
      long generation,
      String state,
      @Nullable String outcome,
      @Nullable String errorCode,
      int attempts,
      int crashCount,
      long epoch,
      @Nullable UUID jobId) {}

  public Conversation conversation(UUID id) {
    return database.inTenant(
        home.tenant(),
        () ->
            database
                .sql()
                .sql("SELECT * FROM conversation WHERE id = ?")
                .params(id)
                .query((row, number) ->
                    new Conversation(
                        row.getLong("generation"),
                        row.getLong("transcript_generation"),
                        row.getLong("summary_generation"),
                        row.getString("outcome"),
                        row.getString("summary"),
                        row.getBoolean("is_finished"),
                        row.getBoolean("is_all_chunks_transcribed")))
                .single());
  }

  public List<Row> rows(UUID conversation) {
    return database.inTenant(
        home.tenant(),
        () ->
            database
                .sql()
                .sql("SELECT * FROM processing_status WHERE conversation_id = ? ORDER BY id")
                .params(conversation)
                .query((row, number) ->
                    new Row(
                        row.getObject("id", UUID.class),
                        row.getString("stage"),
                        row.getObject("subject_id", UUID.class),
                        row.getLong("generation"),
                        row.getString("state"),
                        row.getString("outcome"),
                        row.getString("error_code"),
                        row.getInt("attempts"),
                        row.getInt("crash_count"),
                        row.getLong("epoch"),
                        row.getObject("job_id", UUID.class)))
                .list());
  }

  public List<Row> rows(UUID conversation, String stage) {
    return rows(conversation).stream().filter(row -> row.stage().equals(stage)).toList();
  }

  public Conversation settled(UUID conversation) {
    return Await.until(() -> conversation(conversation), seen -> seen.outcome() != null);
  }

  public void update(String statement, Object... params) {
    database.inTenant(home.tenant(), () -> database.sql().sql(statement).params(params).update());
  }
}
