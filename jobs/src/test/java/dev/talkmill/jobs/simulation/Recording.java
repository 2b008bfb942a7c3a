package dev.talkmill.jobs.simulation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What clients send, and so what must come of it. Fakes read it from the bytes themselves. */
enum Recording {
  /** Said in writing; needs no recogniser. */
  TEXT(true, Set.of()),
  WORDS(true, Set.of()),
  /** So long that it is recognised in two parts. */
  LONG(true, Set.of()),
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

  /** What the transcript says of the one with this number: the oracle of I2. */
  List<String> words(int number) {
    if (!heard) {
      return List.of();
    }
    return this == LONG ? List.of(heard(number, 1), heard(number, 2)) : List.of(heard(number, 0));
  }

  private static String heard(int number, int part) {
    return part == 0 ? "heard " + number : "heard " + number + " in part " + part;
  }

  /** Its bytes: a line that says what it is, and noise. */
  byte[] bytes(int number) {
    return bytes(number, 0);
  }

  /** The bytes of a part, counted from 1; 0 for the whole. */
  byte[] bytes(int number, int part) {
    byte[] bytes = new byte[BYTES];
    Arrays.fill(bytes, (byte) '.');
    String line = "%s %d %d\n".formatted(name(), number, part);
    byte[] said = line.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(said, 0, bytes, 0, said.length);
    return bytes;
  }

  /** A recording, or a part of one, as it is read back. */
  record Read(Recording kind, int number, int part) {

    static Read of(String content) {
      String[] line = content.substring(0, content.indexOf('\n')).split(" ");
      return new Read(valueOf(line[0]), Integer.parseInt(line[1]), Integer.parseInt(line[2]));
    }

    /** What a recogniser hears in it. */
    List<String> words() {
      return part == 0 ? kind.words(number) : List.of(heard(number, part));
    }
  }
}
