package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Mortal.LineFault;
import dev.talkmill.jobs.simulation.Node.Chore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Makes the history of a seed: always the same one. */
final class Histories {

  private static final int LENGTH_MIN = 30;
  private static final int LENGTH_MAX = 90;

  /** Below what condemns a row, so that nothing here may end for having crashed too often. */
  private static final int DEATHS_MAX = 4;

  /** Together with what a recording does by itself, fewer than the attempts that a row has. */
  private static final int FAULTS_MAX = 5;

  /** More than a request has, or a job in one stage. */
  private static final int MOMENTS_MAX = 40;

  /** Pauses of a job from its claim to its end. */
  private static final int STEPS_MAX = 18;

  private static final List<CrashPoint> OF_CLIENTS = points(CrashPoint::ofClients);
  private static final List<CrashPoint> OF_ERASURE = points(CrashPoint::ofErasure);
  private static final List<CrashPoint> OF_WORKERS = points(point -> !point.ofClients());

  private final Random random;
  private final List<Op> history = new ArrayList<>();
  private int numbers;
  private int deaths;
  private int faults;

  private Histories(long seed) {
    this.random = new Random(seed);
  }

  private static List<CrashPoint> points(Predicate<CrashPoint> which) {
    return Arrays.stream(CrashPoint.values()).filter(which).toList();
  }

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  static List<Op> of(long seed) {
    Histories histories = new Histories(seed);
    histories.make();
    return List.copyOf(histories.history);
  }

  private void make() {
    int length = LENGTH_MIN + random.nextInt(LENGTH_MAX - LENGTH_MIN + 1);
    add(send());
    while (history.size() < length) {
      int sort = random.nextInt(100);
      if (sort < 22) {
        ofClient();
      } else if (sort < 80) {
        ofProcess();
      } else {
        ofFate();
      }
    }
  }

  private void add(Op op) {
    history.add(op);
  }

  private int conversation() {
    return random.nextInt(3);
  }

  private int worker() {
    return 1 + random.nextInt(2);
  }

  private Op send() {
    return new Op.Send(conversation(), kind(), ++numbers);
  }

  /** Half of it is plain speech: what is special must not crowd out what it is to be lost from. */
  private Recording kind() {
    return random.nextBoolean() ? Recording.WORDS : one(List.of(Recording.values()));
  }

  private void ofClient() {
    int which = random.nextInt(20);
    add(
        switch (which) {
          case 0, 1, 2, 3 -> new Op.Finish(conversation());
          case 4, 5 -> new Op.Retranscribe(conversation());
          case 6 -> new Op.Summarize(conversation());
          case 7 -> new Op.Requeue(random.nextInt(8));
          case 8 -> new Op.EraseChunk(conversation(), random.nextInt(8));
          case 9 -> random.nextInt(3) == 0 ? new Op.EraseConversation(conversation()) : send();
          case 10 -> new Op.Pause(pausable());
          case 11, 12 -> new Op.Resume(pausable());
          case 13 -> new Op.Upload(conversation(), kind(), ++numbers);
          case 14 -> new Op.Confirm(random.nextInt(4));
          default -> send();
        });
  }

  private Op.Pausable pausable() {
    Op.Pausable[] all = Op.Pausable.values();
    return all[random.nextInt(all.length)];
  }

  private void ofProcess() {
    int node = worker();
    switch (random.nextInt(10)) {
      case 0, 1 -> relayed(node);
      case 2, 3, 4 -> {
        add(new Op.Begin(node, Chore.JOB, random.nextInt(8)));
        if (random.nextBoolean()) {
          add(new Op.RunOut(node, Chore.JOB));
        }
      }
      case 5, 6 -> add(new Op.Step(node, Chore.JOB, 1 + random.nextInt(8)));
      case 7 -> add(new Op.RunOut(node, Chore.JOB));
      case 8 -> chore(node, Chore.HEARTBEAT);
      default -> chore(node, Chore.SWEEPS);
    }
  }

  /** A relay and, most of the time, somebody who takes what it dispatched. */
  private void relayed(int node) {
    chore(node, Chore.RELAY);
    if (random.nextInt(4) > 0) {
      int taker = worker();
      add(new Op.Begin(taker, Chore.JOB, random.nextInt(8)));
      add(new Op.Step(taker, Chore.JOB, 1 + random.nextInt(30)));
    }
  }

  private void chore(int node, Chore chore) {
    add(new Op.Begin(node, chore, 0));
    if (random.nextInt(4) == 0) {
      add(new Op.Step(node, chore, 1 + random.nextInt(6)));
    } else {
      add(new Op.RunOut(node, chore));
    }
  }

  private void ofFate() {
    switch (random.nextInt(20)) {
      case 0, 1, 2 -> add(new Op.Pass(5 + random.nextInt(115)));
      case 3, 4 -> overslept();
      case 5 -> mortal(new Op.DieAfter(random.nextInt(3), random.nextInt(MOMENTS_MAX)));
      case 6, 7, 8, 9 -> killed();
      case 10 -> unanswered();
      case 11 -> erasedInParts();
      case 12 -> mortal(new Op.Die(worker()));
      case 13 -> add(new Op.GiveOutAgain(random.nextInt(16)));
      case 14, 15 -> steeredAtWork();
      case 16, 17 -> confirmed();
      case 18 -> {
        LineFault[] kinds = LineFault.values();
        fault(new Op.BreakCommit(random.nextInt(3), kinds[random.nextInt(kinds.length)]));
      }
      default -> fault(new Op.FailBucket());
    }
  }

  private void mortal(Op death) {
    if (deaths < DEATHS_MAX) {
      deaths++;
      add(death);
    }
  }

  private void fault(Op fault) {
    if (faults < FAULTS_MAX) {
      faults++;
      add(fault);
    }
  }

  /** A process that dies in the middle of what it does next. */
  private void killed() {
    int node = worker();
    Op death =
        random.nextInt(3) > 0
            ? new Op.DieAt(node, one(OF_WORKERS), random.nextInt(2))
            : new Op.DieAfter(node, random.nextInt(MOMENTS_MAX));
    switch (random.nextInt(8)) {
      case 0 -> {
        mortal(death);
        run(node, Chore.RELAY);
      }
      case 1 -> {
        mortal(death);
        run(node, Chore.SWEEPS);
      }
      case 2 -> {
        mortal(new Op.DieAfter(node, random.nextInt(6)));
        run(node, Chore.HEARTBEAT);
      }
      default -> {
        run(node, Chore.RELAY);
        mortal(death);
        add(new Op.Begin(node, Chore.JOB, random.nextInt(8)));
        add(new Op.RunOut(node, Chore.JOB));
      }
    }
  }

  /** A file that comes by presigned upload, and whose confirmation may die and be repeated. */
  private void confirmed() {
    add(new Op.Upload(conversation(), kind(), ++numbers));
    if (random.nextBoolean()) {
      mortal(new Op.DieAt(0, one(OF_CLIENTS), random.nextInt(2)));
    }
    add(new Op.Confirm(random.nextInt(4)));
  }

  /** A client whose request dies around its commit, and who asks again. */
  private void unanswered() {
    mortal(new Op.DieAt(0, one(OF_CLIENTS), 0));
    add(random.nextInt(3) > 0 ? send() : new Op.Finish(conversation()));
  }

  /** A client changes what a job is just at, and the job goes on. */
  private void steeredAtWork() {
    int node = worker();
    run(node, Chore.RELAY);
    add(new Op.Begin(node, Chore.JOB, random.nextInt(8)));
    add(new Op.Step(node, Chore.JOB, random.nextInt(STEPS_MAX)));
    int which = random.nextInt(3);
    add(
        switch (random.nextInt(6)) {
          case 0 -> new Op.EraseConversation(which);
          case 1 -> new Op.EraseChunk(which, random.nextInt(8));
          case 2 -> new Op.Retranscribe(which);
          case 3 -> new Op.Summarize(which);
          case 4 -> new Op.Pause(pausable());
          default -> new Op.Finish(which);
        });
    add(new Op.RunOut(node, Chore.JOB));
  }

  /** An erasure that dies among its objects and goes on elsewhere (K14). */
  private void erasedInParts() {
    int node = worker();
    List<Moment> moments =
        List.of(Moment.BEFORE_LIST, Moment.AFTER_LIST, Moment.BEFORE_DELETE, Moment.AFTER_DELETE);
    add(
        random.nextInt(4) == 0
            ? new Op.EraseConversation(conversation())
            : new Op.EraseChunk(conversation(), random.nextInt(8)));
    add(new Op.Pass(90));
    run(node, Chore.RELAY);
    mortal(new Op.DieAt(node, one(OF_ERASURE), random.nextInt(2)));
    for (int i = 0; i < 3; i++) {
      add(new Op.Begin(node, Chore.JOB, random.nextInt(8)));
      add(new Op.RunOut(node, Chore.JOB));
    }
  }

  private void run(int node, Chore chore) {
    add(new Op.Begin(node, chore, 0));
    add(new Op.RunOut(node, chore));
  }

  /** What a lease is for: its holder stands still, somebody else takes over, and it wakes. */
  private void overslept() {
    int sleeper = worker();
    int other = 3 - sleeper;
    run(sleeper, Chore.RELAY);
    add(new Op.RunOut(other, Chore.JOB));
    add(new Op.Begin(sleeper, Chore.JOB, random.nextInt(8)));
    add(new Op.Step(sleeper, Chore.JOB, random.nextInt(STEPS_MAX)));
    add(new Op.Pass(61));
    run(other, Chore.SWEEPS);
    run(other, Chore.RELAY);
    add(new Op.TakeOver(other, sleeper));
    add(new Op.Step(other, Chore.JOB, random.nextInt(STEPS_MAX)));
    if (random.nextBoolean()) {
      run(sleeper, Chore.HEARTBEAT);
    }
    if (random.nextInt(4) > 0) {
      add(new Op.RunOut(sleeper, Chore.JOB));
    }
  }
}
