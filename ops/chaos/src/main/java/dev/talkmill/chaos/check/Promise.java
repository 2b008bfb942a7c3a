package dev.talkmill.chaos.check;

/** What the checker asks for; a mutant breaks one of them. */
public enum Promise {
  /** Nothing is written with an epoch that is over. */
  FENCED,
  /** What was acknowledged is there. */
  KEPT,
  /** A row and its job are committed together. */
  TOGETHER,
  /** A conversation is settled when all its chunks have ended, and not before. */
  DERIVED
}
