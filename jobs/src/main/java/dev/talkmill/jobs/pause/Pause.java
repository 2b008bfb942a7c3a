package dev.talkmill.jobs.pause;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Work that waits until an operator resumes it.
 *
 * @param name of the stage or provider, or a tenant's id
 * @param reason shown where the work waits, 1 to 500 characters on one line
 * @param createdBy who paused it, as in the audit log
 * @param byInstallation whether that was an operator of the installation
 * @param createdAt the database's time
 */
public record Pause(
    Kind kind,
    String name,
    String reason,
    String createdBy,
    boolean byInstallation,
    Instant createdAt) {

  /** Space, control characters, line ends of every kind, and what turns a text's direction. */
  private static final Pattern CONTROLS =
      Pattern.compile(
          "[\\s\\p{Cc}\\p{Zl}\\p{Zp}\\u200E\\u200F\\u061C\\u202A-\\u202E\\u2066-\\u2069]+");

  public static final int REASON_CHARS_MAX = 500;

  /**
   * A reason as it is kept: on one line, and without characters that control how a terminal or a
   * page shows it. What is left may be empty.
   */
  public static String clean(String reason) {
    return CONTROLS.matcher(reason).replaceAll(" ").strip();
  }

  static Pause read(ResultSet row, int number) throws SQLException {
    return new Pause(
        Kind.of(row.getString("kind")).orElseThrow(),
        row.getString("name"),
        row.getString("reason"),
        row.getString("created_by"),
        row.getBoolean("by_installation"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  /** What can be paused. */
  public enum Kind {
    TENANT,
    STAGE,
    PROVIDER;

    /** The name as it is stored and shown, for example {@code tenant}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Kind> of(String code) {
      return Arrays.stream(values()).filter(kind -> kind.code().equals(code)).findFirst();
    }
  }
}
