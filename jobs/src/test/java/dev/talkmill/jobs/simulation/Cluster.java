package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.postgres.TransientErrors;
import dev.talkmill.jobs.queue.ByHand;
import dev.talkmill.jobs.simulation.Node.Chore;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jobrunr.jobs.Job;

/** The processes of a history. One that dies is replaced at once, as an orchestrator does. */
final class Cluster {

  private final Ground ground;
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> offences = new ArrayList<>();

  /** The job that a process was given last. */
  private final Map<Node, Job> under = new HashMap<>();

  private int strands;
  private int fenced;

  /** So many processes; the first is the one that clients talk to. */
  Cluster(Ground ground, int size) {
    this.ground = ground;
    for (int i = 0; i < size; i++) {
      nodes.add(node(i));
    }
  }

  private Node node(int place) {
    return new Node(new Mortal("process " + place, ground.chronicle()), ground);
  }

  Node at(int place) {
    return nodes.get(place % nodes.size());
  }

  List<Node> all() {
    return List.copyOf(nodes);
  }

  /** Jobs that ended well although they had lost a row on the way: their writes were refused. */
  int fenced() {
    return fenced;
  }

  /** What was done that may never be done. */
  List<String> offences() {
    return List.copyOf(offences);
  }

  /** Begins a chore of a process, unless one of its kind is under way or there is no job. */
  void begin(Node node, Chore chore, int pick) {
    if (node.strands().containsKey(chore)) {
      return;
    }
    if (chore != Chore.JOB) {
      begin(node, chore, strand(chore.name(), node, node.work(chore)));
      return;
    }
    List<Job> waiting = ground.jobs().enqueued();
    if (!waiting.isEmpty()) {
      begin(node, waiting.get(pick % waiting.size()));
    }
  }

  /** Begins the job of a row that a strand of {@code from} has taken and may still be at. */
  void takeOver(Node node, Node from) {
    Strand late = from.strands().get(Chore.JOB);
    if (late == null || node.strands().containsKey(Chore.JOB)) {
      return;
    }
    Set<UUID> rows = ground.watch().taken(late.name());
    ground.jobs().enqueued().stream()
        .filter(job -> rows.contains(ByHand.request(job).row()))
        .findFirst()
        .ifPresent(job -> {
          ground.chronicle().met("A ROW TAKEN OVER");
          begin(node, job);
        });
  }

  /** JobRunr gives the job again that a process is at. */
  void takeForDead(Node node) {
    Job job = node.strands().containsKey(Chore.JOB) ? under.get(node) : null;
    if (job != null) {
      ground.chronicle().met("A PROCESS TAKEN FOR DEAD");
      ground.jobs().rescue(job);
    }
  }

  void begin(Node node, Job job) {
    under.put(node, job);
    JobTable table = ground.jobs();
    table.giveOut(job);
    begin(
        node,
        Chore.JOB,
        strand(
            Watch.JOB,
            node,
            () -> {
              boolean well = ByHand.run(node.runner(), job);
              node.life().ensureAlive();
              table.ended(job, well);
            }));
  }

  private Strand strand(String kind, Node node, Runnable work) {
    strands++;
    return new Strand(kind + " %d of %s".formatted(strands, node.life().name()), node.life(), work);
  }

  private void begin(Node node, Chore chore, Strand strand) {
    node.strands().put(chore, strand);
    strand.step();
    settle(node);
  }

  void step(Node node, Chore chore, int times) {
    for (int i = 0; i < times && node.strands().containsKey(chore); i++) {
      node.strands().get(chore).step();
      settle(node);
    }
  }

  void runOut(Node node, Chore chore) {
    Strand strand = node.strands().get(chore);
    if (strand != null) {
      strand.finish();
      settle(node);
    }
  }

  /** Runs something for a client, to its end; false if nobody answered. */
  boolean request(Runnable work) {
    Node node = nodes.getFirst();
    Strand strand = strand("request", node, work);
    strand.finish();
    ended(strand);
    settle(node);
    return strand.failure() == null && !node.life().isDead();
  }

  void die(Node node) {
    node.life().die("PROCESS", Moment.KILLED);
    settle(node);
  }

  /** Ends every process and strand; nothing of this history runs on into the next one. */
  void end() {
    for (Node node : nodes) {
      node.life().die("PROCESS", Moment.END);
      node.strands().values().forEach(Strand::finish);
    }
  }

  /** Looks what has ended, and buries and replaces the process if it is dead. */
  private void settle(Node node) {
    if (node.life().isDead()) {
      node.strands().values().forEach(Strand::finish);
    }
    List.copyOf(node.strands().entrySet())
        .forEach(entry -> {
          if (entry.getValue().hasEnded()) {
            node.strands().remove(entry.getKey());
            ended(entry.getValue());
          }
        });
    if (node.life().isDead() && nodes.contains(node)) {
      int place = nodes.indexOf(node);
      nodes.set(place, node(place));
    }
  }

  private static boolean isAway(Throwable failure) {
    return failure instanceof FailureException of
        && of.failure().code() == FailureCode.STORAGE_UNAVAILABLE;
  }

  private void ended(Strand strand) {
    if (strand.offence() != null) {
      offences.add(strand.name() + ": " + strand.offence());
    }
    if (strand.process().isDead()) {
      return;
    }
    Throwable failure = strand.failure();
    // A line may be cut and the bucket be away, and then it is tried again; nothing else may
    // happen.
    boolean excused = failure == null || TransientErrors.is(failure) || isAway(failure);
    if (!excused) {
      offences.add(strand.name() + " ended with " + failure);
    }
    if (strand.name().startsWith(Watch.JOB)) {
      fenced += ground.watch().unended(strand.name());
    }
  }
}
