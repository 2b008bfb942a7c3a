package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A worker in a JVM of its own with a small heap, on this JVM's class path. */
final class Node implements AutoCloseable {

  private static final int HEAP_MIB = 256;
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(40);

  private final Process process;
  private final Writer in;
  private final Semaphore answers = new Semaphore(0);

  private Node(Process process) {
    this.process = process;
    this.in = process.outputWriter();
    Thread.ofVirtual().start(this::read);
  }

  /** Starts one; it is ready when it has answered its first pace. */
  static Node start(Address address, Path scratch) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                WorkerJava.other(
                    NodeWorker.class,
                    HEAP_MIB,
                    address.url(),
                    Objects.requireNonNullElse(address.username(), ""),
                    scratch.toString()))
            .directory(scratch.toFile());
    builder
        .environment()
        .put(NodeWorker.PASSWORD, Objects.requireNonNullElse(address.password(), ""));
    return new Node(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Reads to the end, or the process would wait for somebody who reads. */
  private void read() {
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals(NodeWorker.READY)) {
          answers.release();
        }
      }
    } catch (IOException e) {
      process.destroy();
    }
  }

  /** Says how long provider calls take from now on. */
  void pace(Duration delay) throws IOException {
    in.write(delay.toMillis() + "\n");
    in.flush();
  }

  /** Waits until the worker runs and has taken its last pace. */
  void awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + ANSWER.toNanos();
    while (!answers.tryAcquire(100, TimeUnit.MILLISECONDS)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException("a worker has ended, or does not answer");
      }
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  static void closeAll(List<Node> nodes) {
    nodes.forEach(Node::stop);
    nodes.forEach(Node::close);
  }

  /** Asks it to stop, as a graceful shutdown does. */
  private void stop() {
    try {
      in.close();
    } catch (IOException e) {
      process.destroy();
    }
  }

  @Override
  public void close() {
    stop();
    try {
      if (!process.waitFor(STOP)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
