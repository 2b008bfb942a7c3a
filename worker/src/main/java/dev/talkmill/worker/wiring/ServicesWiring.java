package dev.talkmill.worker.wiring;

import com.zaxxer.hikari.HikariDataSource;
import dev.talkmill.config.StorageSettings;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.postgres.Migrations;
import dev.talkmill.jobs.postgres.Pools;
import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.queue.WakeUp;
import dev.talkmill.worker.embedded.EmbeddedPostgres;
import dev.talkmill.worker.embedded.EmbeddedS3;
import dev.talkmill.worker.s3.S3ObjectStore;
import dev.talkmill.worker.settings.Settings;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * PostgreSQL and the object store: the ones named in the settings, or embedded ones. Spring closes
 * beans after those that need them: jobs first, then pools, then the servers.
 */
@Configuration(proxyBeanMethods = false)
class ServicesWiring {

  private static final Logger log = LoggerFactory.getLogger(ServicesWiring.class);

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** The server that this process started itself; empty where another one is used. */
  record OwnPostgres(Optional<EmbeddedPostgres> server) implements AutoCloseable {
    @Override
    public void close() {
      server.ifPresent(EmbeddedPostgres::close);
    }
  }

  /** The object store that this process started itself; empty where another one is used. */
  record OwnS3(Optional<EmbeddedS3> server) implements AutoCloseable {
    @Override
    public void close() {
      server.ifPresent(EmbeddedS3::close);
    }
  }

  @Bean
  OwnPostgres ownPostgres(Settings settings) {
    return new OwnPostgres(
        settings.database().url() == null
            ? Optional.of(EmbeddedPostgres.start(settings.process().dataDir().resolve("postgres")))
            : Optional.empty());
  }

  @Bean
  OwnS3 ownS3(Settings settings) {
    return new OwnS3(
        settings.storage().embedded()
            ? Optional.of(
                EmbeddedS3.start(
                    settings.process().dataDir().resolve("s3"), settings.storage().bucket()))
            : Optional.empty());
  }

  @Bean
  Address address(OwnPostgres own, Settings settings) {
    Address address =
        own.server()
            .map(server -> new Address(server.jdbcUrl(), server.username(), server.password()))
            .orElseGet(() -> given(settings));
    Migrations.run(Pools.owner(address));
    return address;
  }

  private static Address given(Settings settings) {
    String url = settings.database().url();
    if (url == null) {
      throw new IllegalStateException("neither an embedded nor a given database");
    }
    return new Address(url, settings.database().username(), settings.database().password());
  }

  @Bean
  HikariDataSource workPool(Address address, Settings settings) {
    return Pools.work(address, settings.database());
  }

  @Bean
  HikariDataSource jobPool(Address address, Settings settings) {
    return Pools.jobs(address, settings.database());
  }

  @Bean
  Database database(HikariDataSource workPool) {
    return new Database(workPool);
  }

  @Bean
  WakeUp wakeUp(Address address) {
    return new WakeUp(Pools.owner(address));
  }

  @Bean
  S3ObjectStore objectStore(OwnS3 own, Settings settings) {
    StorageSettings storage = settings.storage();
    S3ObjectStore store =
        own.server()
            .map(server ->
                S3ObjectStore.of(
                    storage, server.endpoint(), server.accessKeyId(), server.secretAccessKey()))
            .orElseGet(() -> S3ObjectStore.of(storage));
    store
        .awayAtStart()
        .ifPresent(
            reason -> log.warn("{}. Recordings are taken in and wait in the database.", reason));
    return store;
  }
}
