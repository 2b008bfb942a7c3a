package dev.talkmill.chaos.check;

/** Kinds of faults, as the log names them. */
public enum FaultKind {
  /** A worker ended without a chance to clear up: kill -9, or halted at a crash point. */
  KILL,
  /** A worker was asked to stop. */
  TERMINATE,
  /** PostgreSQL was stopped and started again. */
  POSTGRES_STOP,
  /** A worker was frozen for longer than its leases, and woken. */
  ZOMBIE,
  /** A provider began to fail in some way. */
  PROVIDER
}
