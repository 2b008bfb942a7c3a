package dev.talkmill.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes calls four at a time, for example to send the parts of a file. */
final class SideBySide {

  static final long PART_BYTES = 64L << 20;

  private static final int AT_ONCE = 4;

  private SideBySide() {}

  /** A stretch of a file. */
  record Part(int number, Path file, long first, long bytes) {}

  /** Parts as large as those that the worker asks for. */
  static List<Part> parts(Path file) throws Exception {
    long bytes = Files.size(file);
    List<Part> parts = new ArrayList<>();
    for (long first = 0; first < bytes; first += PART_BYTES) {
      parts.add(new Part(parts.size() + 1, file, first, Math.min(PART_BYTES, bytes - first)));
    }
    return parts;
  }

  /** Answers in the order of the calls. */
  static <T> List<T> run(List<Callable<T>> calls) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<T> answers = new ArrayList<>();
      for (Future<T> call : threads.invokeAll(calls)) {
        answers.add(call.get());
      }
      return answers;
    }
  }
}
