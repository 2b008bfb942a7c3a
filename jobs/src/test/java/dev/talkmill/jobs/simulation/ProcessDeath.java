package dev.talkmill.jobs.simulation;

/**
 * Unwinds the strands of a process that is dead. An error, so that no handler takes it for a
 * failure of its work; whoever catches it all the same meets it again at its next side effect.
 */
final class ProcessDeath extends Error {

  private static final long serialVersionUID = 1L;

  ProcessDeath(String process) {
    super(process + " is dead", null, false, false);
  }
}
