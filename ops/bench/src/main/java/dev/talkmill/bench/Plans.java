package dev.talkmill.bench;

import dev.talkmill.jobs.postgres.Pools.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The plans by which PostgreSQL ran statements, those inside of functions included, as its
 * auto_explain writes them to the server's log. It costs time, so nothing is measured meanwhile.
 */
final class Plans {

  private final Path log;
  private final Address address;
  private long before;

  /**
   * Plans of one database.
   *
   * @param log the server's directory of logs
   */
  Plans(Path log, Address address) {
    this.log = log;
    this.address = address;
  }

  /** Sessions that begin from now on have their plans logged, until {@link #stop}. */
  void start() throws IOException {
    before = text().length();
    set("SET session_preload_libraries = 'auto_explain'");
    set("SET auto_explain.log_min_duration = 0");
    set("SET auto_explain.log_nested_statements = on");
    set("SET auto_explain.log_parameter_max_length = 0");
  }

  void stop() {
    set("RESET ALL");
  }

  private void set(String change) {
    Stand.execute(address, "ALTER DATABASE " + Stand.nameOf(address) + " " + change);
  }

  /**
   * The statements whose plan since the start has a node, each with its plan, and how often.
   *
   * @param node as EXPLAIN writes it, for example {@code Seq Scan on item}
   */
  Map<String, Integer> statementsWith(Pattern node) throws IOException {
    Map<String, Integer> statements = new LinkedHashMap<>();
    StringBuilder message = new StringBuilder();
    for (String line : (text().substring((int) before) + "\nend").lines().toList()) {
      // Only the first line of a message begins at the margin.
      if (!line.startsWith("\t") && !message.isEmpty()) {
        if (node.matcher(message).find()) {
          statements.merge(statement(message.toString()), 1, Integer::sum);
        }
        message.setLength(0);
      }
      message.append(line.strip()).append(' ');
    }
    return statements;
  }

  private static String statement(String message) {
    String from = message.substring(message.indexOf("Query Text:") + 1);
    return from.substring(from.indexOf(':') + 1).replaceAll(" \\(cost=[^)]*\\)", "").strip();
  }

  private String text() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(log)) {
      all.filter(file -> file.getFileName().toString().startsWith("postgresql-"))
          .sorted()
          .forEach(files::add);
    }
    StringBuilder text = new StringBuilder();
    for (Path file : files) {
      text.append(Files.readString(file));
    }
    return text.toString();
  }
}
