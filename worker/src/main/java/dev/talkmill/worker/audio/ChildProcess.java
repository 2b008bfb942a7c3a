package dev.talkmill.worker.audio;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleFunction;

/** Runs one child process to its end, or to the end of its time, and takes its answer. */
final class ChildProcess {

  /** 50,000 silences of 30 bytes, twice. */
  private static final int ANSWER_BYTES_MAX = 3 << 20;

  /** How long a killed process may take to go. It can wait for a disk; nothing else delays it. */
  private static final long KILL_SECONDS_MAX = 10;

  /** How a process ends that used up its processor time: 128 and the number of SIGXCPU. */
  private static final int EXIT_CPU_LIMIT = 128 + 24;

  /** How a Java process ends that ran out of heap, under {@code ExitOnOutOfMemoryError}. */
  private static final int EXIT_OUT_OF_MEMORY = 3;

  private final Process process;
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<Double> claimed = new CompletableFuture<>();
  private final CompletableFuture<String> answer = new CompletableFuture<>();

  private ChildProcess(Process process) {
    this.process = process;
  }

  /**
   * Runs {@code command}.
   *
   * @param probeLimit time until the child says how long the recording claims to be
   * @param limit time for all, by the claimed seconds (0 for no claim)
   */
  static ChildAnswer run(
      List<String> command, Path directory, Duration probeLimit, DoubleFunction<Duration> limit)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    ChildProcess child = new ChildProcess(builder.start());
    try {
      return child.await(probeLimit, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureException.of(FailureCode.INTERNAL_ERROR, "interrupted while decoding", e);
    } finally {
      child.end();
    }
  }

  private ChildAnswer await(Duration probeLimit, DoubleFunction<Duration> limit)
      throws InterruptedException {
    Thread.ofVirtual().name("decoder-answer").start(this::read);
    Duration all = probeLimit;
    try {
      double seconds = claimed.get(left(probeLimit), TimeUnit.NANOSECONDS);
      all = limit.apply(seconds);
      if (!process.waitFor(left(all), TimeUnit.NANOSECONDS)) {
        throw timeout(all);
      }
      return answer(answer.get(KILL_SECONDS_MAX, TimeUnit.SECONDS), process.exitValue());
    } catch (TimeoutException e) {
      throw timeout(all);
    } catch (ExecutionException e) {
      throw crashed("its answer broke off: " + e.getCause(), process);
    }
  }

  private long left(Duration limit) {
    return limit.toNanos() - (System.nanoTime() - startedNanos);
  }

  private static ChildAnswer answer(String text, int exit) {
    if (exit == EXIT_CPU_LIMIT) {
      throw FailureException.of(
          FailureCode.DECODER_TIMEOUT, "decoding used more processor time than it may");
    }
    if (exit == EXIT_OUT_OF_MEMORY) {
      throw FailureException.of(
          FailureCode.DECODE_LIMIT, "decoding needs more memory than the decoder may use");
    }
    if (exit != 0) {
      throw FailureException.of(
          FailureCode.DECODER_CRASHED, "the decoder ended with " + exit + tail(text));
    }
    return ChildAnswer.parse(text);
  }

  /** A Java that can't start says why on its standard output. */
  private static String tail(String text) {
    String printable = text.replaceAll("[^ -~]+", " ").strip();
    return printable.isEmpty()
        ? ""
        : ": " + printable.substring(0, Math.min(200, printable.length()));
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      byte[] buffer = new byte[8_192];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        text.write(buffer, 0, count);
        if (text.size() > ANSWER_BYTES_MAX) {
          throw new IOException("more than " + ANSWER_BYTES_MAX + " bytes");
        }
        if (!claimed.isDone()) {
          claimed.complete(ChildAnswer.claimed(text.toString(StandardCharsets.US_ASCII)));
        }
      }
      // The child waits to be let go once it has closed its answer.
      process.getOutputStream().close();
      claimed.complete(0.0);
      answer.complete(text.toString(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      claimed.completeExceptionally(e);
      answer.completeExceptionally(e);
      process.destroyForcibly();
    }
  }

  private static FailureException timeout(Duration limit) {
    return FailureException.of(
        FailureCode.DECODER_TIMEOUT,
        String.format(
            Locale.ROOT, "not decoded within its limit of %.1f s", limit.toMillis() / 1_000.0));
  }

  private static FailureException crashed(String how, Process process) {
    process.destroyForcibly();
    return FailureException.of(FailureCode.DECODER_CRASHED, how);
  }

  /** Leaves no process behind, whatever happened; then the call's directory can be removed. */
  private void end() {
    process.destroyForcibly();
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor(KILL_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
