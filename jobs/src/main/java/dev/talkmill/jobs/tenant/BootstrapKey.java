package dev.talkmill.jobs.tenant;

import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.id.Uuids;
import java.util.Arrays;
import java.util.UUID;

/**
 * The first key of an installation: it belongs to the tenant {@code default} and may do everything.
 * There is one such key at a time; another one in the settings takes its place.
 */
public final class BootstrapKey {

  private static final UUID NAMESPACE = UUID.fromString("5b1f0b8e-6a0c-5d0e-9c55-6a1d3f0a7e11");

  /** The tenant that owns the key. The same in every installation. */
  public static final UUID TENANT = Uuids.v5(NAMESPACE, "tenant:default");

  private static final UUID KEY = Uuids.v5(NAMESPACE, "api-key:bootstrap");

  private static final String TENANT_ROW =
      "INSERT INTO tenant (id, name) VALUES (:tenant, 'default') ON CONFLICT (id) DO NOTHING";

  private static final String KEY_ROW =
      """
      INSERT INTO api_key (tenant_id, id, name, secret_hash, scopes)
      VALUES (:tenant, :id, 'bootstrap', :hash, CAST(:scopes AS text[]))
      ON CONFLICT (tenant_id, id) DO UPDATE
      SET secret_hash = excluded.secret_hash, scopes = excluded.scopes, revoked_at = NULL
      """;

  private final Database database;

  public BootstrapKey(Database database) {
    this.database = database;
  }

  /** Makes sure that the key and its tenant exist. Repeating it changes nothing. */
  public void ensure(String key) {
    database.inSystem(() -> {
      database.sql().sql(TENANT_ROW).param("tenant", TENANT).update();
      return database
          .sql()
          .sql(KEY_ROW)
          .param("tenant", TENANT)
          .param("id", KEY)
          .param("hash", KeySecrets.hash(key))
          .param("scopes", Arrays.stream(Scope.values()).map(Scope::code).toArray(String[]::new))
          .update();
    });
  }
}
