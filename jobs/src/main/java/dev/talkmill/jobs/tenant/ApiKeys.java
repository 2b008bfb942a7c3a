package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keys of tenants. Only a hash is kept. Everything here is done with the system role: at sign-in
 * the tenant is not known yet, and the tenants' own role may not write keys.
 */
public final class ApiKeys {

  private static final String FIND =
      """
      SELECT * FROM api_key
      WHERE secret_hash = :hash AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > clock_timestamp())
      """;

  private static final String INSERT =
      """
      INSERT INTO api_key (tenant_id, id, name, secret_hash, scopes, expires_at)
      SELECT t.id, :id, :name, :hash, CAST(:scopes AS text[]), :expiresAt
      FROM tenant t WHERE t.id = :tenant
      RETURNING *
      """;

  private static final String LIST =
      """
      SELECT * FROM api_key
      WHERE tenant_id = :tenant AND id > :after
      ORDER BY id LIMIT :limit
      """;

  private static final String REVOKE =
      """
      UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp())
      WHERE tenant_id = :tenant AND id = :id
      """;

  private final Database database;
  private final InstantSource clock;

  public ApiKeys(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A new key; {@code secret} is told this once. */
  public record Issued(ApiKey key, String secret) {}

  /**
   * Makes a key.
   *
   * @param name 1 to 200 characters
   * @param expiresAt null for a key that does not expire
   * @return empty if there is no such tenant
   */
  public Optional<Issued> issue(
      UUID tenant, String name, Set<Scope> scopes, @Nullable Instant expiresAt) {
    UUID id = Uuids.v7(clock);
    String secret = KeySecrets.generate(id);
    return database
        .inSystem(() ->
            database
                .sql()
                .sql(INSERT)
                .param("tenant", tenant)
                .param("id", id)
                .param("name", name)
                .param("hash", KeySecrets.hash(secret))
                .param("scopes", scopes.stream().map(Scope::code).toArray(String[]::new))
                .param("expiresAt", expiresAt == null ? null : expiresAt.atOffset(ZoneOffset.UTC))
                .query(ApiKeys::read)
                .optional())
        .map(key -> new Issued(key, secret));
  }

  /** The key that is presented, if it is one and is valid now. */
  public Optional<ApiKey> find(String presented) {
    byte[] hash = KeySecrets.hash(presented);
    return database.inSystem(() ->
        database
            .sql()
            .sql(FIND)
            .param("hash", hash)
            .query((row, number) ->
                MessageDigest.isEqual(hash, row.getBytes("secret_hash"))
                    ? Optional.of(read(row, number))
                    : Optional.<ApiKey>empty())
            .list()
            .stream()
            .flatMap(Optional::stream)
            .findFirst());
  }

  /** Keys of a tenant by id, the revoked ones too. */
  public List<ApiKey> list(UUID tenant, @Nullable UUID after, int limit) {
    return database.inSystem(() ->
        database
            .sql()
            .sql(LIST)
            .param("tenant", tenant)
            .param("after", after == null ? new UUID(0, 0) : after)
            .param("limit", limit)
            .query(ApiKeys::read)
            .list());
  }

  /**
   * Ends a key. Processes that have seen it lately may let it in for some seconds more.
   *
   * @return false if the tenant has no such key
   */
  public boolean revoke(UUID tenant, UUID id) {
    return database.inSystem(
            () -> database.sql().sql(REVOKE).param("tenant", tenant).param("id", id).update())
        == 1;
  }

  private static ApiKey read(ResultSet row, int number) throws SQLException {
    Set<Scope> scopes =
        Arrays.stream((String[]) row.getArray("scopes").getArray())
            .map(code -> Scope.valueOf(code.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet());
    return new ApiKey(
        row.getObject("tenant_id", UUID.class),
        row.getObject("id", UUID.class),
        row.getString("name"),
        scopes,
        instant(row, "expires_at"),
        instant(row, "revoked_at"),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
