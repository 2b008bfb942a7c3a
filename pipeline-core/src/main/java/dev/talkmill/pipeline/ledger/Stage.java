package dev.talkmill.pipeline.ledger;

/** A kind of durable work. The name is stored; it never changes its meaning. */
public enum Stage {
  /** Spooled bytes to the object store. */
  STORE(Subject.CHUNK),
  /** Probe, validate, normalise; split what is long. */
  PREPARE(Subject.CHUNK),
  /** Speech to text. */
  TRANSCRIBE(Subject.CHUNK),
  /** Chunk transcripts to one transcript. */
  AGGREGATE(Subject.CONVERSATION),
  /** Transcript to summary and title. */
  SUMMARIZE(Subject.CONVERSATION),
  /** Removal of a conversation's or a chunk's objects, after its rows. */
  ERASE(Subject.TOMBSTONE);

  /** What a row of the stage is about. */
  public enum Subject {
    CHUNK,
    CONVERSATION,
    TOMBSTONE
  }

  private final Subject subject;

  Stage(Subject subject) {
    this.subject = subject;
  }

  public Subject subject() {
    return subject;
  }
}
