package dev.talkmill.worker.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of the database: made once, configured anew at every start. */
final class PostgresCluster {

  private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);

  static final String SUPERUSER = "postgres";

  private static final String FATAL = "FATAL:";

  private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);
  private static final Duration VERSION_LIMIT = Duration.ofSeconds(20);
  private static final Pattern MAJOR_VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  /** Scram on loopback for everybody; nothing else gets in, not even through a local socket. */
  private static final String HOST_BASED_AUTHENTICATION =
      """
      host all all 127.0.0.1/32 scram-sha-256
      """;

  /**
   * Durable first: an acknowledged commit must survive a power cut. Sizes suit a worker on a small
   * machine. Statements, row values and parameters stay out of the log, for they hold transcripts;
   * dynamic shared memory is not needed without parallel plans, and containers have little of it.
   * Autovacuum wakes often because the ledger's rows change many times a second. The log is one
   * file per weekday, overwritten after a week.
   */
  private static final String SETTINGS =
      """
      fsync = on
      synchronous_commit = on
      full_page_writes = on
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      password_encryption = 'scram-sha-256'
      max_connections = 100
      shared_buffers = 256MB
      work_mem = 8MB
      maintenance_work_mem = 64MB
      max_wal_size = 1GB
      checkpoint_completion_target = 0.9
      autovacuum = on
      autovacuum_naptime = 15s
      autovacuum_vacuum_cost_delay = 2ms
      max_parallel_workers_per_gather = 0
      jit = off
      timezone = 'UTC'
      datestyle = 'iso, mdy'
      lc_messages = 'C'
      default_text_search_config = 'pg_catalog.simple'
      logging_collector = on
      log_filename = 'postgresql-%a.log'
      log_file_mode = 0600
      log_rotation_age = 1d
      log_rotation_size = 0
      log_truncate_on_rotation = on
      log_timezone = 'UTC'
      log_min_messages = warning
      log_min_error_statement = panic
      log_error_verbosity = terse
      log_parameter_max_length = 0
      log_parameter_max_length_on_error = 0
      """;

  private final Path home;
  private final PostgresCommands commands;

  PostgresCluster(Path home, PostgresCommands commands) {
    this.home = home;
    this.commands = commands;
  }

  Path data() {
    return home.resolve("data");
  }

  Path logs() {
    return home.resolve("log");
  }

  /** What the server says before its own log is open; of the last start only. */
  Path startLog() {
    return logs().resolve("start.log");
  }

  /** The reason of the last failed start, as the server gave it. */
  Optional<String> lastFatalMessage() {
    try (Stream<Path> files = Files.list(logs())) {
      return files
          .sorted(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .flatMap(file -> PostgresCommands.tail(file).lines())
          .filter(line -> line.contains(FATAL))
          .reduce((earlier, later) -> later)
          .map(line -> line.substring(line.indexOf(FATAL) + FATAL.length()).strip());
    } catch (IOException e) {
      log.debug("PostgreSQL's log cannot be read", e);
      return Optional.empty();
    }
  }

  /** Makes the database if there is none. */
  void create(Path passwordFile) {
    try {
      if (Files.exists(data())) {
        checkOwner();
        checkVersion();
        return;
      }
      initialise(passwordFile);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "The database in " + home + " cannot be set up: " + e.getMessage(), e);
    }
  }

  /** Writes the settings; call it only while no server runs on the data. */
  void configure(int port) {
    PrivateFiles.directory(logs());
    try {
      Files.deleteIfExists(startLog());
      PrivateFiles.write(
          data().resolve("postgresql.conf"),
          SETTINGS + "log_directory = '" + quoted(logs()) + "'\nport = " + port + "\n");
      PrivateFiles.write(data().resolve("pg_hba.conf"), HOST_BASED_AUTHENTICATION);
    } catch (IOException e) {
      throw new EmbeddedServiceException(
          "PostgreSQL's settings in " + data() + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** Beside its place first: a start that dies half-way leaves no half database. */
  private void initialise(Path passwordFile) throws IOException {
    Path fresh = home.resolve("data.new");
    PrivateFiles.deleteTree(fresh);
    var result =
        commands.run(
            INITDB_LIMIT,
            "initdb",
            List.of(
                "--pgdata=" + fresh,
                "--username=" + SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums",
                "--no-instructions"));
    if (!result.ok()) {
      throw new EmbeddedServiceException(
          "The embedded PostgreSQL cannot set up its data in "
              + home
              + ": "
              + reason(result)
              + hint(result.output()));
    }
    Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    PrivateFiles.sync(home);
    log.info("Made a new database in {}", data());
  }

  private static String reason(PostgresCommands.Result result) {
    return result
        .output()
        .lines()
        .filter(line -> line.contains("error:") || line.contains(FATAL))
        .findFirst()
        .orElseGet(result::lastLine);
  }

  private static String hint(String output) {
    return output.contains("Permission denied")
        ? "; every directory above it must be open to the server, which runs without root's"
            + " privileges: choose another data directory, or start Talkmill as a non-root user."
        : ".";
  }

  private void checkOwner() throws IOException {
    Object owner = Files.getAttribute(data(), "unix:uid");
    if (!owner.equals((int) PostgresCommands.uid())) {
      throw new EmbeddedServiceException(
          "The database in "
              + data()
              + " belongs to the user "
              + Files.getOwner(data()).getName()
              + "; start Talkmill as that user, or with another data directory.");
    }
  }

  private void checkVersion() throws IOException {
    Path file = data().resolve("PG_VERSION");
    if (!Files.isRegularFile(file)) {
      throw new EmbeddedServiceException(
          "The directory " + data() + " holds no PostgreSQL database; move it away.");
    }
    String written = Files.readString(file, UTF_8).strip();
    var version = commands.run(VERSION_LIMIT, "postgres", List.of("--version"));
    Matcher matcher = MAJOR_VERSION.matcher(version.output());
    if (!matcher.find()) {
      throw new EmbeddedServiceException(
          "The embedded PostgreSQL does not run on this machine: " + version.lastLine());
    }
    if (!matcher.group(1).equals(written)) {
      throw new EmbeddedServiceException(
          "The database in "
              + data()
              + " is of PostgreSQL "
              + written
              + ", but this worker brings "
              + matcher.group(1)
              + "; dump it with the former worker and load it into a new data directory.");
    }
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "''");
  }
}
