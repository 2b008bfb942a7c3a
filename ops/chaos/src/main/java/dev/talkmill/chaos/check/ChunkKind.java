package dev.talkmill.chaos.check;

/** What clients send, each with another way through the pipeline. */
public enum ChunkKind {
  /** Sound that says its number: stored, decoded, heard by the provider. */
  SPEECH,
  /** Too few bytes for a word: stored, and found to be without speech. */
  SHORT,
  /** Words with its number: a transcript as it comes. */
  TEXT;

  /** Whether its words must be in a transcript. */
  public boolean says() {
    return this != SHORT;
  }

  /** Whether its bytes must be in the bucket. */
  boolean isStored() {
    return this != TEXT;
  }
}
