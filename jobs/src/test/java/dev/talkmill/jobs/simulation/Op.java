package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import dev.talkmill.jobs.simulation.Node.Chore;

/**
 * One step of a history. Each names what it is about by small numbers that are taken modulo what is
 * there, so a history stays one whichever of its steps are left out. That is what lets a failing
 * one shrink.
 */
sealed interface Op {

  // What clients and operators ask for.

  record Send(int conversation, Recording kind, int number) implements Op {}

  /** Begins a presigned upload and puts the file; it is a chunk once it is confirmed. */
  record Upload(int conversation, Recording kind, int number) implements Op {}

  record Confirm(int pick) implements Op {}

  record Finish(int conversation) implements Op {}

  record Retranscribe(int conversation) implements Op {}

  record Summarize(int conversation) implements Op {}

  record Requeue(int pick) implements Op {}

  record EraseChunk(int conversation, int pick) implements Op {}

  record EraseConversation(int conversation) implements Op {}

  record Pause(Pausable what) implements Op {}

  record Resume(Pausable what) implements Op {}

  /** What an operator can pause. */
  enum Pausable {
    STORE,
    TRANSCRIBE,
    AGGREGATE,
    SUMMARIZE,
    SPEECH_PROVIDER,
    SUMMARY_PROVIDER,
    ONE_TENANT,
    OTHER_TENANT
  }

  // What processes do.

  /** Begins a chore, if none of its kind is under way; runs to the first pause. */
  record Begin(int node, Chore chore, int pick) implements Op {}

  /** Begins the job of a row that a strand of another process has taken and may still be at. */
  record TakeOver(int node, int from) implements Op {}

  record Step(int node, Chore chore, int times) implements Op {}

  record RunOut(int node, Chore chore) implements Op {}

  /** JobRunr gives a job out again that it has given out before. */
  record GiveOutAgain(int pick) implements Op {}

  /** JobRunr takes a process for dead, and gives out again what it is at. */
  record TakeForDead(int node) implements Op {}

  // What happens to them.

  record Pass(int minutes) implements Op {}

  /** Node 0 is the one that clients talk to. */
  record DieAfter(int node, int moments) implements Op {}

  /** Dies the next time but so many that it comes to this point. */
  record DieAt(int node, CrashPoint point, int times) implements Op {}

  record Die(int node) implements Op {}

  record BreakCommit(int node, LineFault fault) implements Op {}

  record FailBucket() implements Op {}
}
