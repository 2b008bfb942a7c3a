package dev.talkmill.config;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Refusals of settings, each in one plain sentence that names the setting. */
final class Checks {

  private Checks() {}

  static void port(String setting, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          setting + " must be a port from 0 (any free one) to 65535, but is " + port);
    }
  }

  static void positive(String setting, Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException(setting + " must be longer than 0, but is " + duration);
    }
  }

  static void positive(String setting, DataSize size) {
    if (size.toBytes() <= 0) {
      throw new IllegalArgumentException(setting + " must be more than 0 bytes, but is " + size);
    }
  }

  static void atLeast(String setting, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          setting + " must be at least " + least + ", but is " + value);
    }
  }

  /** Null is no address and passes; what is refused is not shown, since it may hold a password. */
  static void address(String setting, @Nullable URI address) {
    if (address == null) {
      return;
    }
    String scheme = address.getScheme();
    if (!("http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme))
        || address.getHost() == null) {
      throw new IllegalArgumentException(
          setting + " must start with http:// or https:// and name a host");
    }
    if (address.getRawUserInfo() != null
        || address.getRawQuery() != null
        || address.getRawFragment() != null) {
      throw new IllegalArgumentException(setting + " must hold no user, query or fragment");
    }
  }
}
