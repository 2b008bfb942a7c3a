package dev.talkmill.worker.settings;

/**
 * A setting that is unknown, cannot be read or is refused. The message is one plain line that names
 * the setting as the user wrote it and says what is allowed; it never holds the value of a secret.
 */
public final class SettingsError extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public SettingsError(String message) {
    super(message);
  }

  public SettingsError(String message, Throwable cause) {
    super(message, cause);
  }
}
