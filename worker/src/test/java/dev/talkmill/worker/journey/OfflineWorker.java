package dev.talkmill.worker.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the one worker with offline speech to the tests of this JVM that ask for it; it ends with
 * the last of them.
 */
final class OfflineWorker implements ParameterResolver {

  private record Shared(Path directory, WorkerUnderTest worker) implements AutoCloseable {

    static Shared start() {
      try {
        Path directory = Files.createTempDirectory("talkmill-journey");
        return new Shared(directory, WorkerUnderTest.start(directory, Map.of()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      worker.close();
      try (Stream<Path> files = Files.walk(directory)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : deepestFirst) {
          Files.delete(file);
        }
      }
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == WorkerUnderTest.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(OfflineWorker.class))
        .computeIfAbsent("worker", any -> Shared.start(), Shared.class)
        .worker();
  }
}
