package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import dev.talkmill.jobs.simulation.Node.Chore;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/** Runs of steps that chance alone would seldom put together, and that defects show in. */
final class Scenes {

  /** More moments than a request has, or a job in one stage. */
  static final int MOMENTS_MAX = 40;

  /** More pauses than a job has from its claim to its end. */
  private static final int STEPS_MAX = 18;

  private static final int LEASE_OVER_MINUTES = 61;
  private static final int ERASABLE_MINUTES = 90;
  private static final int EXPIRED_MINUTES = 25 * 60;

  private static final List<CrashPoint> OF_CLIENTS = points(CrashPoint::ofClients);
  private static final List<CrashPoint> OF_ERASURE = points(CrashPoint::ofErasure);
  private static final List<CrashPoint> OF_WORKERS = points(point -> !point.ofClients());

  private final Draft draft;

  Scenes(Draft draft) {
    this.draft = draft;
  }

  private static List<CrashPoint> points(Predicate<CrashPoint> which) {
    return Arrays.stream(CrashPoint.values()).filter(which).toList();
  }

  /** A whole journey in which every process dies that comes to one crash point. */
  void aimed(CrashPoint point) {
    for (int node = 0; node < 3; node++) {
      if (node == 0 || !point.ofClients()) {
        draft.mortal(new Op.DieAt(node, point, 0));
      }
    }
    Recording kind = point.name().startsWith("PREPARE") ? Recording.LONG : Recording.WORDS;
    draft.add(draft.send(0, kind));
    draft.add(draft.upload());
    draft.add(new Op.Confirm(0));
    draft.work(1, 0);
    draft.add(new Op.Finish(0));
    draft.work(2, 0);
    switch (point.where()) {
      case "ERASE" -> {
        draft.add(new Op.EraseConversation(0));
        draft.add(new Op.Pass(ERASABLE_MINUTES));
        draft.work(1, 0);
      }
      case "HEARTBEAT" -> {
        draft.add(draft.send(1, kind));
        draft.run(1, Chore.RELAY);
        draft.add(new Op.Begin(1, Chore.JOB, 0));
        draft.add(new Op.Step(1, Chore.JOB, 3));
        draft.run(1, Chore.HEARTBEAT);
      }
      case "HOUSEKEEPING" -> {
        draft.add(draft.upload());
        draft.add(new Op.Pass(EXPIRED_MINUTES));
        draft.run(1, Chore.HOUSEKEEPING);
      }
      default -> {}
    }
  }

  /** What a lease is for: its holder stands still, somebody else takes over, and it wakes. */
  void overslept() {
    int sleeper = draft.worker();
    int other = 3 - sleeper;
    asleep(sleeper, other);
    draft.add(new Op.Pass(LEASE_OVER_MINUTES));
    draft.run(other, Chore.SWEEPS);
    draft.run(other, Chore.RELAY);
    draft.add(new Op.TakeOver(other, sleeper));
    draft.add(new Op.Step(other, Chore.JOB, draft.below(STEPS_MAX / 2)));
    if (draft.half()) {
      draft.run(sleeper, Chore.HEARTBEAT);
    }
    if (draft.below(4) > 0) {
      draft.add(new Op.RunOut(sleeper, Chore.JOB));
    }
  }

  /** A process stands still at a job that another one has dispatched; both have no other. */
  private void asleep(int sleeper, int other) {
    draft.add(new Op.RunOut(sleeper, Chore.JOB));
    draft.add(new Op.RunOut(other, Chore.JOB));
    if (draft.half()) {
      draft.add(draft.send());
    }
    draft.run(draft.half() ? other : sleeper, Chore.RELAY);
    draft.add(new Op.Begin(sleeper, Chore.JOB, draft.pick()));
    draft.add(new Op.Step(sleeper, Chore.JOB, 1 + draft.below(STEPS_MAX)));
  }

  /** JobRunr gives a job out twice at once, for it takes one of two processes for dead. */
  void givenTwice() {
    int sleeper = draft.worker();
    int other = 3 - sleeper;
    asleep(sleeper, other);
    draft.add(new Op.TakeForDead(sleeper));
    draft.add(new Op.TakeOver(other, sleeper));
    draft.add(new Op.RunOut(draft.half() ? other : sleeper, Chore.JOB));
  }

  /** A process that dies in the middle of what it does next. */
  void killed() {
    int node = draft.worker();
    Op death =
        draft.below(3) > 0
            ? new Op.DieAt(node, draft.one(OF_WORKERS), draft.below(2))
            : new Op.DieAfter(node, draft.below(MOMENTS_MAX));
    switch (draft.below(8)) {
      case 0 -> {
        draft.mortal(death);
        draft.run(node, Chore.RELAY);
      }
      case 1 -> {
        draft.mortal(death);
        draft.run(node, draft.half() ? Chore.SWEEPS : Chore.HOUSEKEEPING);
      }
      case 2 -> {
        draft.mortal(new Op.DieAfter(node, draft.below(6)));
        draft.run(node, Chore.HEARTBEAT);
      }
      default -> {
        draft.run(node, Chore.RELAY);
        draft.mortal(death);
        draft.add(new Op.Begin(node, Chore.JOB, draft.pick()));
        draft.add(new Op.RunOut(node, Chore.JOB));
      }
    }
  }

  /** A client whose request dies or loses its line at its commit, and who asks again. */
  void unanswered() {
    if (draft.half()) {
      draft.mortal(new Op.DieAt(0, draft.one(OF_CLIENTS), 0));
    } else {
      draft.fault(new Op.BreakCommit(0, draft.one(List.of(LineFault.values()))));
    }
    draft.add(draft.below(3) > 0 ? draft.send() : new Op.Finish(draft.conversation()));
  }

  /** A file that comes by presigned upload, and whose confirmation may die and be repeated. */
  void confirmed() {
    draft.add(draft.upload());
    if (draft.half()) {
      draft.mortal(new Op.DieAt(0, draft.one(OF_CLIENTS), draft.below(2)));
    }
    draft.add(new Op.Confirm(draft.pick()));
  }

  /** A client changes what a job is just at, and the job goes on. */
  void steeredAtWork() {
    int node = draft.worker();
    draft.run(node, Chore.RELAY);
    draft.add(new Op.Begin(node, Chore.JOB, draft.pick()));
    draft.add(new Op.Step(node, Chore.JOB, draft.below(STEPS_MAX)));
    int which = draft.conversation();
    draft.add(
        switch (draft.below(6)) {
          case 0 -> new Op.EraseConversation(which);
          case 1 -> new Op.EraseChunk(which, draft.pick());
          case 2 -> new Op.Retranscribe(which);
          case 3 -> new Op.Summarize(which);
          case 4 -> new Op.Pause(draft.pausable());
          default -> new Op.Finish(which);
        });
    draft.add(new Op.RunOut(node, Chore.JOB));
  }

  /** An erasure that dies among its objects and goes on elsewhere. */
  void erasedInParts() {
    int node = draft.worker();
    int which = draft.conversation();
    draft.add(
        draft.below(4) == 0
            ? new Op.EraseConversation(which)
            : new Op.EraseChunk(which, draft.pick()));
    draft.add(new Op.Pass(ERASABLE_MINUTES));
    draft.run(node, Chore.RELAY);
    draft.mortal(new Op.DieAt(node, draft.one(OF_ERASURE), draft.below(2)));
    for (int i = 0; i < 3; i++) {
      draft.add(new Op.Begin(node, Chore.JOB, draft.pick()));
      draft.add(new Op.RunOut(node, Chore.JOB));
    }
  }
}
