package dev.talkmill.jobs.ledger;

/** Told, after commit, that rows may be due. A lost signal costs a poll and nothing else. */
@FunctionalInterface
public interface DueSignal {
  void rowsDue();
}
