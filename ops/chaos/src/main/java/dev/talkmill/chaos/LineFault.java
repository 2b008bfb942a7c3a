package dev.talkmill.chaos;

/** What a line does instead of letting everything through. */
enum LineFault {
  NONE,
  /** All connections are reset, and every new one. */
  CUT,
  /** Nothing comes through, and nobody is told. */
  HELD,
  /** The line speaks HTTP: 503, whatever is asked. */
  BUSY,
  /** Every piece of an answer comes half a second late. */
  SLOW,
  /** Half of the first piece of an answer comes, and then a reset. */
  SHORTENED
}
