package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Node.Chore;
import dev.talkmill.jobs.simulation.Op.Pausable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jobrunr.jobs.Job;

/** Plays one history to its end, lets everything come to rest, and looks what has become of it. */
final class Run {

  private static final int PROCESSES = 3;

  /** Rounds of an hour each: the longest wait of anything here is that for an idle conversation. */
  private static final int ROUNDS_MAX = 60;

  private static final Duration ROUND = Duration.ofHours(1);

  /** Of objects that no row names, and of uploads that nobody confirms. */
  private static final Duration GRACE = Duration.ofHours(25);

  private static final String OPEN =
      """
      SELECT (SELECT count(*) FROM processing_status
              WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING'))
           + (SELECT count(*) FROM conversation WHERE outcome IS NULL)
      """;

  private final Ground ground;
  private final Cluster cluster;
  private final Client client;
  private final List<String> wrong = new ArrayList<>();

  Run(Ground ground) {
    this.ground = ground;
    this.cluster = new Cluster(ground, PROCESSES);
    this.client = new Client(ground, cluster);
  }

  /**
   * Plays a history.
   *
   * @param sleepersLast whether strands that stand still at its end wake only when all is at rest
   */
  void play(List<Op> history, boolean sleepersLast) {
    history.forEach(this::apply);
    List.of(Pausable.values()).forEach(client::resume);
    if (!sleepersLast) {
      wake();
    }
    for (int i = 0; i < client.conversations().size(); i++) {
      client.finish(i);
    }
    // What is still to break or to die may do so now, as long as there is work; then no more.
    rest();
    cluster.all().forEach(node -> node.life().spare());
    ground.outside().spare();
    wake();
    rest();
    settle();
    wrong.addAll(cluster.offences());
    Verdict verdict = new Verdict(ground, cluster.fenced());
    wrong.addAll(verdict.on(client.conversations()));
    for (Node node : cluster.all()) {
      if (!node.leftovers().isEmpty()) {
        wrong.add("%s still holds %s".formatted(node.life().name(), node.leftovers()));
      }
    }
  }

  /** What is not as it was promised, in words. */
  List<String> wrong() {
    return List.copyOf(wrong);
  }

  Cluster cluster() {
    return cluster;
  }

  int acknowledged() {
    return client.conversations().stream().mapToInt(told -> told.chunks().size()).sum();
  }

  private void apply(Op op) {
    switch (op) {
      case Op.Send send -> client.send(send.conversation(), send.kind(), send.number());
      case Op.Upload upload -> client.upload(upload.conversation(), upload.kind(), upload.number());
      case Op.Confirm confirm -> client.confirm(confirm.pick());
      case Op.Finish finish -> client.finish(finish.conversation());
      case Op.Retranscribe again -> client.retranscribe(again.conversation());
      case Op.Summarize again -> client.summarize(again.conversation());
      case Op.Requeue requeue -> client.requeue(requeue.pick());
      case Op.EraseChunk erase -> client.eraseChunk(erase.conversation(), erase.pick());
      case Op.EraseConversation erase -> client.eraseConversation(erase.conversation());
      case Op.Pause pause -> client.pause(pause.what());
      case Op.Resume resume -> client.resume(resume.what());
      case Op.Begin begin -> cluster.begin(cluster.at(begin.node()), begin.chore(), begin.pick());
      case Op.TakeOver over -> cluster.takeOver(cluster.at(over.node()), cluster.at(over.from()));
      case Op.Step step -> cluster.step(cluster.at(step.node()), step.chore(), step.times());
      case Op.RunOut run -> cluster.runOut(cluster.at(run.node()), run.chore());
      case Op.GiveOutAgain again -> giveOutAgain(again.pick());
      case Op.TakeForDead dead -> cluster.takeForDead(cluster.at(dead.node()));
      case Op.Pass pass -> ground.time().pass(Duration.ofMinutes(pass.minutes()));
      case Op.DieAfter death -> cluster.at(death.node()).life().diesAfter(death.moments());
      case Op.DieAt death -> cluster.at(death.node()).life().diesAt(death.point(), death.times());
      case Op.Die death -> cluster.die(cluster.at(death.node()));
      case Op.BreakCommit fault -> cluster.at(fault.node()).life().breakNextCommit(fault.fault());
      case Op.FailBucket _ -> ground.outside().failNext();
    }
  }

  private void giveOutAgain(int pick) {
    List<Job> out = ground.jobs().givenOut();
    if (!out.isEmpty()) {
      ground.chronicle().met("A JOB GIVEN OUT AGAIN");
      ground.jobs().rescue(out.get(pick % out.size()));
    }
  }

  /** Lets all that stands still go on to its end. */
  private void wake() {
    for (Node node : cluster.all()) {
      for (Chore chore : List.copyOf(node.strands().keySet())) {
        cluster.runOut(node, chore);
      }
    }
  }

  /** Rounds of ordinary work until nothing is open; the processes that stand still take no part. */
  private void rest() {
    orphansAreRescued();
    for (int round = 0; round < ROUNDS_MAX; round++) {
      List<Node> awake = cluster.all().stream().filter(node -> node.strands().isEmpty()).toList();
      work(awake.get(round % awake.size()));
      ground.time().pass(ROUND);
      if (open() == 0 && ground.jobs().enqueued().isEmpty()) {
        // Once more: what is only mended later, and what must find nothing to mend.
        work(awake.getFirst());
        awake.forEach(node -> all(node, Chore.HEARTBEAT));
        return;
      }
    }
    wrong.add("not at rest after %d rounds: %d open".formatted(ROUNDS_MAX, open()));
  }

  /** Until what was left behind for good is past its time of grace and swept. */
  private void settle() {
    Node node = cluster.all().getFirst();
    ground.time().pass(GRACE);
    all(node, Chore.HOUSEKEEPING);
    ground.time().pass(ROUND);
    all(node, Chore.HOUSEKEEPING);
  }

  private void work(Node node) {
    all(node, Chore.HEARTBEAT);
    all(node, Chore.SWEEPS);
    all(node, Chore.RELAY);
    for (Job job : ground.jobs().enqueued()) {
      cluster.begin(node, job);
      cluster.runOut(node, Chore.JOB);
    }
  }

  private void all(Node node, Chore chore) {
    cluster.begin(node, chore, 0);
    cluster.runOut(node, chore);
  }

  /** JobRunr gives out again what its dead servers had. */
  private void orphansAreRescued() {
    if (cluster.all().stream().noneMatch(node -> node.strands().containsKey(Chore.JOB))) {
      ground.jobs().underWay().forEach(ground.jobs()::rescue);
    }
  }

  private int open() {
    return ground.owner().sql(OPEN).query(Integer.class).single();
  }
}
