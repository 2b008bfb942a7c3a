package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import dev.talkmill.jobs.simulation.Node.Chore;
import java.util.List;

/** Makes the history of a seed: always the same one. */
final class Histories {

  private static final int LENGTH_MIN = 30;
  private static final int LENGTH_MAX = 90;

  private final Draft draft;
  private final Scenes scenes;

  private Histories(long seed) {
    this.draft = new Draft(seed);
    this.scenes = new Scenes(draft);
  }

  /** Every second history has a crash point of its own, one after the other. */
  static List<Op> of(long seed) {
    Histories histories = new Histories(seed);
    if (seed % 2 == 0) {
      CrashPoint[] points = CrashPoint.values();
      histories.scenes.aimed(points[(int) (seed / 2 % points.length)]);
    }
    histories.make();
    return histories.draft.steps();
  }

  private void make() {
    int length = LENGTH_MIN + draft.below(LENGTH_MAX - LENGTH_MIN + 1);
    draft.add(draft.send());
    while (draft.length() < length) {
      int sort = draft.below(100);
      if (sort < 22) {
        ofClient();
      } else if (sort < 80) {
        ofProcess();
      } else {
        ofFate();
      }
    }
  }

  private void ofClient() {
    draft.add(
        switch (draft.below(20)) {
          case 0, 1, 2, 3 -> new Op.Finish(draft.conversation());
          case 4, 5 -> new Op.Retranscribe(draft.conversation());
          case 6 -> new Op.Summarize(draft.conversation());
          case 7 -> new Op.Requeue(draft.pick());
          case 8 -> new Op.EraseChunk(draft.conversation(), draft.pick());
          case 9 ->
              draft.below(3) == 0 ? new Op.EraseConversation(draft.conversation()) : draft.send();
          case 10 -> new Op.Pause(draft.pausable());
          case 11, 12 -> new Op.Resume(draft.pausable());
          case 13 -> draft.upload();
          case 14 -> new Op.Confirm(draft.pick());
          default -> draft.send();
        });
  }

  private void ofProcess() {
    int node = draft.worker();
    switch (draft.below(10)) {
      case 0, 1 -> relayed(node);
      case 2, 3, 4 -> {
        draft.add(new Op.Begin(node, Chore.JOB, draft.pick()));
        if (draft.half()) {
          draft.add(new Op.RunOut(node, Chore.JOB));
        }
      }
      case 5, 6 -> draft.add(new Op.Step(node, Chore.JOB, 1 + draft.below(8)));
      case 7 -> draft.add(new Op.RunOut(node, Chore.JOB));
      case 8 -> chore(node, draft.below(3) > 0 ? Chore.HEARTBEAT : Chore.HOUSEKEEPING);
      default -> chore(node, Chore.SWEEPS);
    }
  }

  /** A relay and, most of the time, somebody who takes what it dispatched. */
  private void relayed(int node) {
    chore(node, Chore.RELAY);
    if (draft.below(4) > 0) {
      int taker = draft.worker();
      draft.add(new Op.Begin(taker, Chore.JOB, draft.pick()));
      draft.add(new Op.Step(taker, Chore.JOB, 1 + draft.below(30)));
    }
  }

  private void chore(int node, Chore chore) {
    draft.add(new Op.Begin(node, chore, 0));
    if (draft.below(4) == 0) {
      draft.add(new Op.Step(node, chore, 1 + draft.below(6)));
    } else {
      draft.add(new Op.RunOut(node, chore));
    }
  }

  private void ofFate() {
    switch (draft.below(22)) {
      case 0, 1, 2 -> draft.add(new Op.Pass(5 + draft.below(115)));
      case 3, 4 -> scenes.overslept();
      case 5 -> draft.mortal(new Op.DieAfter(draft.below(3), draft.below(Scenes.MOMENTS_MAX)));
      case 6, 7, 8, 9 -> scenes.killed();
      case 10, 19 -> scenes.unanswered();
      case 11 -> scenes.erasedInParts();
      case 12 -> draft.mortal(new Op.Die(draft.worker()));
      case 20 -> scenes.givenTwice();
      case 13 -> draft.add(new Op.GiveOutAgain(draft.below(16)));
      case 14, 15 -> scenes.steeredAtWork();
      case 16, 17 -> scenes.confirmed();
      case 18 ->
          draft.fault(new Op.BreakCommit(draft.below(3), draft.one(List.of(LineFault.values()))));
      default -> draft.fault(new Op.FailBucket());
    }
  }
}
