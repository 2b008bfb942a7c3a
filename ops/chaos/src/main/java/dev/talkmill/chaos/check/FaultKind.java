package dev.talkmill.chaos.check;

/** Kinds of faults, as the log names them. */
public enum FaultKind {
  /** A worker ended without a chance to clear up: kill -9, or halted at a crash point. */
  KILL,
  /** A worker was asked to stop. */
  TERMINATE,
  /** PostgreSQL was stopped and started again. */
  POSTGRES_STOP,
  /** Commits whose acknowledgement was lost on its way. */
  COMMIT_UNHEARD,
  /** A worker was frozen for longer than its leases, and woken. */
  ZOMBIE,
  /** The line to the object store was cut, or held. */
  STORE,
  /** A provider began to fail in some way. */
  PROVIDER
}
