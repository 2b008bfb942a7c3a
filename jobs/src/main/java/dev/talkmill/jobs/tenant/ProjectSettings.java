package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a project asks of the stages. Read anew by every attempt, so that a change takes effect. */
public final class ProjectSettings {

  private static final String FIND =
      """
      SELECT language, key_terms, anonymize, title_wanted FROM project
      WHERE tenant_id = :tenant AND id = :id
      """;

  private final Database database;

  public ProjectSettings(Database database) {
    this.database = database;
  }

  /**
   * A project's wishes.
   *
   * @param language BCP 47 tag, or null to let the recogniser tell
   * @param keyTerms spelled as wanted
   */
  public record Settings(
      @Nullable String language, List<String> keyTerms, boolean anonymize, boolean titleWanted) {}

  public Optional<Settings> of(UUID project) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", database.tenant())
        .param("id", project)
        .query(ProjectSettings::read)
        .optional();
  }

  private static Settings read(ResultSet row, int number) throws SQLException {
    Array terms = row.getArray("key_terms");
    return new Settings(
        row.getString("language"),
        List.of((String[]) terms.getArray()),
        row.getBoolean("anonymize"),
        row.getBoolean("title_wanted"));
  }
}
