package dev.talkmill.jobs.intake;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;

/** Opens conversations, which then take chunks. */
public final class OpenConversation {

  private static final String INSERT =
      """
      INSERT INTO conversation
        (tenant_id, id, project_id, participant_name, source, tags, is_anonymized)
      SELECT p.tenant_id, :id, p.id, :participant, coalesce(:source, 'PORTAL_AUDIO'),
             CAST(:tags AS text[]), p.anonymize
      FROM project p WHERE p.tenant_id = :tenant AND p.id = :project
      """;

  private final Database database;
  private final InstantSource clock;

  public OpenConversation(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * Opens one.
   *
   * @return its id; empty if the tenant has no such project
   */
  public Optional<UUID> open(NewConversation conversation) {
    UUID id = Uuids.v7(clock);
    int inserted =
        database.inTenant(
            conversation.tenant(),
            () ->
                database
                    .sql()
                    .sql(INSERT)
                    .param("tenant", database.tenant())
                    .param("id", id)
                    .param("project", conversation.project())
                    .param("participant", conversation.participantName())
                    .param("source", conversation.source())
                    .param("tags", conversation.tags().toArray(String[]::new))
                    .update());
    return inserted == 1 ? Optional.of(id) : Optional.empty();
  }
}
