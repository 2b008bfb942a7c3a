package dev.talkmill.jobs.simulation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What clients send, and so what must come of it. Fakes read it from the bytes themselves. */
enum Recording {
  /** Said in writing; needs no recogniser. */
  TEXT(true, Set.of()),
  WORDS(true, Set.of()),
  /** Recognised at the third try. */
  FLAKY(true, Set.of()),
  SILENCE(false, Set.of()),
  /** Sound in which nothing is said. */
  MUMBLE(false, Set.of()),
  GARBAGE(false, Set.of("not_decodable")),
  /** The provider refuses it for good. */
  REJECTED(false, Set.of("provider_rejected")),
  /** The provider never answers. */
  HOPELESS(false, Set.of("provider_timeout"));

  private static final int BYTES = 2_048;

  private final boolean heard;
  private final Set<String> failures;

  Recording(boolean heard, Set<String> failures) {
    this.heard = heard;
    this.failures = failures;
  }

  boolean fails() {
    return !failures.isEmpty();
  }

  /** Codes with which its chunk may end FAILED. */
  Set<String> failures() {
    return failures;
  }

  /** What the transcript says of the one with this number, or null: the oracle of I2. */
  @Nullable String words(int number) {
    return heard ? "heard " + number : null;
  }

  /** Its bytes: a line that says what it is, and noise. */
  byte[] bytes(int number) {
    byte[] bytes = new byte[BYTES];
    Arrays.fill(bytes, (byte) '.');
    byte[] line = (name() + " " + number + "\n").getBytes(StandardCharsets.UTF_8);
    System.arraycopy(line, 0, bytes, 0, line.length);
    return bytes;
  }

  /** A recording as it is read back. */
  record Read(Recording kind, int number) {

    static Read of(String content) {
      String[] line = content.substring(0, content.indexOf('\n')).split(" ");
      return new Read(valueOf(line[0]), Integer.parseInt(line[1]));
    }
  }
}
