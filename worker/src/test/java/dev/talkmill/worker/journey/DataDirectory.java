package dev.talkmill.worker.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a worker has left in its data directory; its embedded servers may be running or not. */
record DataDirectory(Path root) {

  /** Asks the running database for one column, with the rights of its owner. */
  List<String> ask(String query, Object... params) {
    try (Connection connection = connect();
        PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < params.length; i++) {
        statement.setObject(i + 1, params[i]);
      }
      List<String> answers = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          answers.add(rows.getString(1));
        }
      }
      return answers;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  long count(String query, Object... params) {
    return Long.parseLong(ask(query, params).getFirst());
  }

  private Connection connect() throws SQLException {
    try {
      String port = Files.readAllLines(root.resolve("postgres/data/postmaster.pid")).get(3);
      String password = Files.readString(root.resolve("postgres/password")).strip();
      return DriverManager.getConnection(
          "jdbc:postgresql://127.0.0.1:%s/talkmill?currentSchema=talkmill".formatted(port.strip()),
          "postgres",
          password);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tables that can say something of a conversation. */
  List<String> tablesOfConversations() {
    return ask(
        """
        SELECT table_name FROM information_schema.columns
        WHERE table_schema = 'talkmill' AND column_name = 'conversation_id' ORDER BY table_name
        """);
  }

  /** Keys of the objects in the bucket whose key holds a text. */
  List<String> objects(String part) {
    Path bucket = root.resolve("s3/objects/talkmill");
    try (Stream<Path> files = Files.walk(bucket)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> bucket.relativize(file).toString())
          .filter(key -> key.contains(part))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processes that work below this directory: servers, decoders. */
  List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses().filter(this::worksHere).toList();
  }

  private boolean worksHere(ProcessHandle process) {
    try {
      Path here = Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"));
      return here.startsWith(root);
    } catch (IOException e) {
      return false; // It has just ended, or is nobody's business.
    }
  }
}
