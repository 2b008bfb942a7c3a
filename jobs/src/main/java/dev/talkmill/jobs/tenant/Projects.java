package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.tenant.Project.Wishes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** Rows of {@code project}. The key has two columns, so the statements are written out. */
public final class Projects {

  private static final String FIND = "SELECT * FROM project WHERE tenant_id = :tenant AND id = :id";

  private static final String UPSERT =
      """
      INSERT INTO project (tenant_id, id, name, language, key_terms, anonymize, title_wanted)
      VALUES (:tenant, :id, :name, :language, CAST(:keyTerms AS text[]), :anonymize, :titleWanted)
      ON CONFLICT (tenant_id, id) DO UPDATE
      SET name = excluded.name, language = excluded.language, key_terms = excluded.key_terms,
          anonymize = excluded.anonymize, title_wanted = excluded.title_wanted,
          updated_at = clock_timestamp()
      RETURNING *
      """;

  private final Database database;

  public Projects(Database database) {
    this.database = database;
  }

  /** What became of an upsert. */
  public record Put(Project project, boolean created) {}

  public Optional<Project> find(UUID tenant, UUID id) {
    return database.inTenant(tenant, () -> read(FIND, id, ""));
  }

  /** Makes a project under the caller's id, or gives it new wishes. */
  public Put put(UUID tenant, UUID id, Wishes wishes) {
    return database.inTenant(
        tenant,
        () -> {
          // Two first PUTs at once may both say that they created it; the row is one.
          boolean created = read(FIND, id, "").isEmpty();
          return new Put(write(id, wishes), created);
        });
  }

  /**
   * Changes some of a project's wishes; what another request changes meanwhile is not lost.
   *
   * @return empty if there is no such project
   */
  public Optional<Project> change(UUID tenant, UUID id, UnaryOperator<Wishes> change) {
    return database.inTenant(
        tenant,
        () ->
            read(FIND, id, " FOR NO KEY UPDATE")
                .map(project -> write(id, change.apply(project.wishes()))));
  }

  private Optional<Project> read(String statement, UUID id, String lock) {
    return with(statement + lock, id).query(Projects::read).optional();
  }

  private Project write(UUID id, Wishes wishes) {
    return with(UPSERT, id)
        .param("name", wishes.name())
        .param("language", wishes.language())
        .param("keyTerms", wishes.keyTerms().toArray(String[]::new))
        .param("anonymize", wishes.anonymize())
        .param("titleWanted", wishes.titleWanted())
        .query(Projects::read)
        .single();
  }

  private StatementSpec with(String statement, UUID id) {
    return database.sql().sql(statement).param("tenant", database.tenant()).param("id", id);
  }

  private static Project read(ResultSet row, int number) throws SQLException {
    return new Project(
        row.getObject("id", UUID.class),
        new Wishes(
            row.getString("name"),
            row.getString("language"),
            List.of((String[]) row.getArray("key_terms").getArray()),
            row.getBoolean("anonymize"),
            row.getBoolean("title_wanted")),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
