package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import dev.talkmill.jobs.simulation.Node.Chore;
import dev.talkmill.pipeline.ledger.Stage;

/**
 * One step of a history. Each names what it is about by small numbers that are taken modulo what is
 * there, so a history stays one whichever of its steps are left out. That is what lets a failing
 * one shrink.
 */
sealed interface Op {

  // What clients and operators ask for.

  record Send(int conversation, Recording kind, int number) implements Op {}

  record Finish(int conversation) implements Op {}

  record Retranscribe(int conversation) implements Op {}

  record Summarize(int conversation) implements Op {}

  record Requeue(int pick) implements Op {}

  record EraseChunk(int conversation, int pick) implements Op {}

  record EraseConversation(int conversation) implements Op {}

  record Pause(Stage stage) implements Op {}

  record Resume(Stage stage) implements Op {}

  // What processes do.

  /** Begins a chore, if none of its kind is under way; runs to the first pause. */
  record Begin(int node, Chore chore, int pick) implements Op {}

  record Step(int node, Chore chore, int times) implements Op {}

  record RunOut(int node, Chore chore) implements Op {}

  /** JobRunr gives a job out again that it has given out before. */
  record GiveOutAgain(int pick) implements Op {}

  // What happens to them.

  record Pass(int minutes) implements Op {}

  /** Node 0 is the one that clients talk to. */
  record DieAfter(int node, int moments) implements Op {}

  record Die(int node) implements Op {}

  record BreakCommit(int node, LineFault fault) implements Op {}

  record FailBucket() implements Op {}
}
