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
  /** The line to the object store was cut, or worse. */
  STORE,
  /** A provider began to fail in some way. */
  PROVIDER,
  /** The wall clock of one worker was put forward or back. */
  CLOCK,
  /** The disk of one worker was full. */
  DISK_FULL,
  /** A worker had to do with hardly any heap. */
  TINY_HEAP,
  /** Many chunks came while nothing could be done with them. */
  HERD
}
