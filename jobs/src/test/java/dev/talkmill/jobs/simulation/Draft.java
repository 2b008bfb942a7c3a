package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Node.Chore;
import dev.talkmill.jobs.simulation.Op.Pausable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A history in the making: its chance, its steps so far, and what there may be of bad luck. */
final class Draft {

  /** Rows of a chunk, at least as many as any conversation has: what is picked is picked modulo. */
  static final int PICKS = 8;

  /** Below what condemns a row, so that nothing here may end for having crashed too often. */
  private static final int DEATHS_MAX = 4;

  /** Together with what a recording does by itself, fewer than the attempts that a row has. */
  private static final int FAULTS_MAX = 5;

  private static final int CONVERSATIONS = 3;

  private final Random random;
  private final List<Op> steps = new ArrayList<>();
  private int numbers;
  private int deaths;
  private int faults;

  Draft(long seed) {
    this.random = new Random(seed);
  }

  List<Op> steps() {
    return List.copyOf(steps);
  }

  int length() {
    return steps.size();
  }

  void add(Op op) {
    steps.add(op);
  }

  /** A death, if there may be one more. */
  void mortal(Op death) {
    if (deaths < DEATHS_MAX) {
      deaths++;
      add(death);
    }
  }

  /** A fault, if there may be one more. */
  void fault(Op fault) {
    if (faults < FAULTS_MAX) {
      faults++;
      add(fault);
    }
  }

  /** From 0, below {@code bound}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  boolean half() {
    return random.nextBoolean();
  }

  <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  int conversation() {
    return random.nextInt(CONVERSATIONS);
  }

  /** A process that clients do not talk to. */
  int worker() {
    return 1 + random.nextInt(2);
  }

  int pick() {
    return random.nextInt(PICKS);
  }

  Pausable pausable() {
    return one(List.of(Pausable.values()));
  }

  Op send() {
    return send(conversation(), kind());
  }

  Op send(int conversation, Recording kind) {
    return new Op.Send(conversation, kind, ++numbers);
  }

  Op upload() {
    return new Op.Upload(conversation(), kind(), ++numbers);
  }

  /** Half of it is plain speech: what is special must not crowd out what it is to be lost from. */
  private Recording kind() {
    return half() ? Recording.WORDS : one(List.of(Recording.values()));
  }

  /** A chore from its beginning to its end. */
  void run(int node, Chore chore) {
    add(new Op.Begin(node, chore, 0));
    add(new Op.RunOut(node, chore));
  }

  /** What is due is dispatched, and one job of it is run to its end. */
  void work(int node, int pick) {
    run(node, Chore.RELAY);
    add(new Op.Begin(node, Chore.JOB, pick));
    add(new Op.RunOut(node, Chore.JOB));
  }
}
