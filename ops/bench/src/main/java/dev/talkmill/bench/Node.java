package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A worker in a JVM of its own with a small heap, on this JVM's class path. */
final class Node implements AutoCloseable {

  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(40);

  private final Process process;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

  private Node(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts one; it is not ready yet.
   *
   * @param speechDelay how long a provider call takes
   */
  static Node start(Address address, Path scratch, Duration speechDelay) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            NodeWorker.class.getName(),
            address.url(),
            Objects.requireNonNullElse(address.username(), ""),
            scratch.toString(),
            String.valueOf(speechDelay.toMillis()));
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
          ready.complete(true);
        }
      }
      ready.completeExceptionally(new IllegalStateException("the worker has ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  void awaitReady() throws InterruptedException, ExecutionException, TimeoutException {
    ready.get(START.toSeconds(), TimeUnit.SECONDS);
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
      process.getOutputStream().close();
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
