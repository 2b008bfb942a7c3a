package dev.talkmill.jobs.pause;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Work that waits until an operator resumes it.
 *
 * @param name of the stage or provider, or a tenant's id
 * @param reason shown where the work waits, 1 to 500 characters
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
