package dev.talkmill.chaos.check;

/** What must be in the transcript of a chunk, known from its number alone. */
public final class Oracle {

  private Oracle() {}

  /** What a provider writes down for a number. */
  public static String words(int number) {
    return "number " + number + " was said";
  }
}
