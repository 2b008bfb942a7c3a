package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** The one user of the dashboard, by Basic authentication. */
final class Login {

  private static final String SCHEME = "Basic ";

  private final String username;
  private final byte[] expected;

  Login(String username, String password) {
    if (username.isBlank() || username.contains(":")) {
      throw new IllegalArgumentException("The dashboard's user name must not be empty or hold ':'");
    }
    if (password.isBlank()) {
      throw new IllegalArgumentException("The dashboard needs a password.");
    }
    this.username = username;
    this.expected = sha256((username + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  String username() {
    return username;
  }

  /** Whether the request names user and password. Takes as long for any wrong one. */
  boolean opens(Headers request) {
    List<String> given = request.getOrDefault("Authorization", List.of());
    if (given.size() != 1 || !given.getFirst().regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    try {
      byte[] pair = Base64.getDecoder().decode(given.getFirst().substring(SCHEME.length()).strip());
      // Hashes are of one length, so that the comparison tells nothing of the password's.
      return MessageDigest.isEqual(sha256(pair), expected);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
