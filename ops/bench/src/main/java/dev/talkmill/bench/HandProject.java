package dev.talkmill.bench;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a project asks of the stages. */
record HandProject(@Nullable String language, List<String> keyTerms, boolean titleWanted) {

  private static final String FIND =
      "SELECT language, key_terms, title_wanted FROM project WHERE tenant_id = ? AND id = ?";

  static HandProject find(Jdbc jdbc, HandRow row) throws SQLException {
    return jdbc.query(HandProject::read, FIND, row.tenant(), row.project()).getFirst();
  }

  private static HandProject read(ResultSet row) throws SQLException {
    return new HandProject(
        row.getString(1), List.of((String[]) row.getArray(2).getArray()), row.getBoolean(3));
  }
}
