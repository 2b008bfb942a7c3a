package dev.talkmill.worker.logging;

import ch.qos.logback.core.PropertyDefinerBase;
import org.jspecify.annotations.Nullable;

/** One value where another is empty: Logback's own fallback takes an empty text for a value. */
public final class Fallback extends PropertyDefinerBase {

  private String value = "";
  private String filled = "";
  private String empty = "";

  /** What may be empty. Called by Logback. */
  public void setValue(@Nullable String value) {
    this.value = value == null ? "" : value;
  }

  /** Taken where it is not; the value itself if this is not set. Called by Logback. */
  public void setFilled(String filled) {
    this.filled = filled;
  }

  /** Taken where it is. Called by Logback. */
  public void setEmpty(String empty) {
    this.empty = empty;
  }

  @Override
  public String getPropertyValue() {
    if (value.isBlank()) {
      return empty;
    }
    return filled.isEmpty() ? value : filled;
  }
}
