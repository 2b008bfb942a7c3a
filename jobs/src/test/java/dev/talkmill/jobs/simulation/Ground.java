package dev.talkmill.jobs.simulation;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.DatabaseSettings;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.queue.JobServer;
import dev.talkmill.jobs.queue.JourneyRunner;
import dev.talkmill.jobs.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What all processes of a history stand on and none takes with it when it dies: the database, the
 * bucket, the providers and time. It is made once and swept clean between histories.
 */
final class Ground implements AutoCloseable {

  private static final int CONNECTIONS = 16;

  private static final String EMPTY =
      """
      SELECT string_agg(format('DELETE FROM %I.%I', table_schema, table_name), '; ')
      FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_name NOT LIKE 'flyway%'
        AND (table_schema IN ('talkmill', 'simulation') OR table_name = 'jobrunr_jobs')
      """;

  private final TestDatabase tests;
  private final HikariDataSource pool;
  private final HikariDataSource owners;
  private final Database database;
  private final Watch watch;
  private final VirtualTime time;
  private final String empty;
  private final Path scratch;
  private Chronicle chronicle = new Chronicle();
  private Outside outside = new Outside(chronicle);
  private Bucket bucket;
  private SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Random chance = new Random(0);
  private @Nullable JobServer server;
  private @Nullable JobTable jobs;

  /**
   * A database of its own.
   *
   * @param mutation between the code and the database
   */
  Ground(TestDatabase tests, Path scratch, Mutation mutation) {
    this.tests = tests;
    this.scratch = scratch;
    DatabaseSettings settings =
        new DatabaseSettings(null, null, null, CONNECTIONS, 4, Duration.ofSeconds(30));
    this.pool = Pools.work(tests.address(), settings);
    this.owners = owners(tests);
    this.database = new Database(new MortalDataSource(pool, mutation));
    this.watch = Watch.setUp(owners);
    this.time = new VirtualTime(owners);
    this.bucket = new Bucket(outside, time);
    this.empty = new JdbcTemplate(owners).queryForObject(EMPTY, String.class);
  }

  /** The owner sees every row; in the role of a replica it fires no trigger and no foreign key. */
  private static HikariDataSource owners(TestDatabase tests) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("simulation-owner");
    config.setDataSource(Pools.owner(tests.address()));
    config.setMaximumPoolSize(2);
    config.setConnectionInitSql("SET session_replication_role = replica");
    config.setSchema("talkmill");
    return new HikariDataSource(config);
  }

  /** Empties everything for the next history. */
  void sweep(long seed) {
    new JdbcTemplate(owners).execute(empty);
    time.restart();
    chronicle = new Chronicle();
    outside = new Outside(chronicle);
    bucket = new Bucket(outside, time);
    meters = new SimpleMeterRegistry();
    chance = new Random(seed);
    jobs = null;
    forgetFiles();
  }

  private void forgetFiles() {
    try (Stream<Path> all = Files.walk(scratch)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      for (Path file : files) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As processes use it: they may die at each of its statements. */
  Database database() {
    return database;
  }

  /** As it is, past all processes. */
  JdbcClient owner() {
    return JdbcClient.create(owners);
  }

  Watch watch() {
    return watch;
  }

  /** What happened since the last sweep. */
  Chronicle chronicle() {
    return chronicle;
  }

  VirtualTime time() {
    return time;
  }

  Outside outside() {
    return outside;
  }

  Bucket bucket() {
    return bucket;
  }

  SimpleMeterRegistry meters() {
    return meters;
  }

  RandomGenerator chance() {
    return chance;
  }

  Path scratch() {
    return scratch;
  }

  /** Saves jobs as in production and is never started; it keeps nothing of a process. */
  JobServer server(JourneyRunner any) {
    if (server == null) {
      server = new JobServer(database, tests.jobs(), any, 1, Duration.ofSeconds(1), List.of());
    }
    return server;
  }

  JobTable jobs() {
    if (server == null) {
      throw new IllegalStateException("no process has been started yet");
    }
    if (jobs == null) {
      jobs = new JobTable(owner(), server.storage());
    }
    return jobs;
  }

  @Override
  public void close() {
    owners.close();
    pool.close();
  }
}
