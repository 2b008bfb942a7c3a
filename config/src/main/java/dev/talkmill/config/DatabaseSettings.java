package dev.talkmill.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * PostgreSQL.
 *
 * @param url JDBC URL; null starts the embedded server
 * @param username owner of the schema; runs migrations and may take the roles talkmill_app and
 *     talkmill_system
 * @param connections size of the pool of all our own work: the door, the stages, the relay and the
 *     sweeps
 * @param jobConnections size of JobRunr's pool, which also renews the leases
 * @param statementTimeout the database ends a statement that runs longer
 */
@ConfigurationProperties("talkmill.database")
public record DatabaseSettings(
    @Nullable String url,
    @Nullable String username,
    @Nullable String password,
    @DefaultValue("16") int connections,
    @DefaultValue("8") int jobConnections,
    @DefaultValue("30s") Duration statementTimeout) {

  public DatabaseSettings {
    if (url != null && !url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("talkmill.database.url must start with jdbc:postgresql:");
    }
    Checks.atLeast("talkmill.database.connections", connections, 2);
    Checks.atLeast("talkmill.database.job-connections", jobConnections, 2);
    Checks.positive("talkmill.database.statement-timeout", statementTimeout);
  }
}
