package dev.talkmill.worker.cli;

import dev.talkmill.worker.settings.KnownSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Prints help. The texts are files, so that the launcher shows the same before anything is built.
 */
final class HelpCommand {

  private final PrintStream out;

  HelpCommand(Context context) {
    this.out = context.terminal().out();
  }

  ExitCode run(List<String> topics) {
    String topic = topics.isEmpty() ? "" : topics.getFirst();
    switch (topic) {
      case "key" -> print("key");
      case "settings" -> settings();
      default -> print();
    }
    return ExitCode.OK;
  }

  void print() {
    print("talkmill");
  }

  ExitCode version() {
    String version = HelpCommand.class.getPackage().getImplementationVersion();
    out.println("talkmill " + (version == null ? "(not packaged)" : version));
    return ExitCode.OK;
  }

  private void settings() {
    out.println("Settings, as variables of the environment (and as keys of talkmill.yaml):");
    for (KnownSettings.Setting setting : KnownSettings.all()) {
      out.printf("  %-46s %s%n", setting.variable(), setting.property());
    }
  }

  private void print(String name) {
    try (InputStream text = HelpCommand.class.getResourceAsStream("/help/" + name + ".txt")) {
      if (text == null) {
        throw new IllegalStateException("help text " + name + " is missing from this build");
      }
      out.print(new String(text.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
