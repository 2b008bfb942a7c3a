package dev.talkmill.chaos;

/** Ways in which PostgreSQL goes away. */
enum PostgresStop {
  /** Sessions are cut and nothing is flushed; the next start recovers. */
  IMMEDIATE("QUIT"),
  /** Sessions are ended and a checkpoint is written. */
  FAST("INT"),
  /** The postmaster is killed; its children see it and end. */
  KILLED("KILL");

  private final String signal;

  PostgresStop(String signal) {
    this.signal = signal;
  }

  String signal() {
    return signal;
  }
}
