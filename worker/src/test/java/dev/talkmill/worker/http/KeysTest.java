package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.tenant.ApiKeys;
import dev.talkmill.jobs.tenant.BootstrapKey;
import dev.talkmill.jobs.tenant.Scope;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class KeysTest {

  @TempDir static Path directory;
  static Door door;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @Test
  void aKeyIsToldOnceAndOnlyItsHashIsKept() {
    Door.Home home = door.home();
    Answer issued =
        home.client()
            .post("/v1/api-keys", "{\"name\":\"recorder\",\"scopes\":[\"upload\"]}")
            .expect(201);
    assertThat(issued.names())
        .containsExactlyInAnyOrder(
            "id", "tenant_id", "name", "scopes", "key", "expires_at", "created_at");
    String key = issued.text("key");
    assertThat(key)
        .startsWith("tm_" + issued.text("id").replace("-", "") + "_")
        .matches("tm_[0-9a-f]{32}_[A-Za-z0-9_-]{43}");
    Answer list = home.client().get("/v1/api-keys").expect(200);
    assertThat(list.body()).contains(issued.text("id")).doesNotContain(key);
    String secret = key.substring(key.length() - 43);
    String dump =
        door.database
            .database()
            .inSystem(() ->
                door.database
                    .database()
                    .sql()
                    .sql("SELECT string_agg(CAST(k AS text), ';') FROM api_key k")
                    .query(String.class)
                    .single());
    assertThat(dump).contains(issued.text("id")).doesNotContain(secret);
  }

  @Test
  void aRevokedKeyStopsWithinTenSeconds() {
    ApiKeys keys = new ApiKeys(door.database.database(), Clock.systemUTC());
    AtomicLong nanos = new AtomicLong();
    Authenticator authenticator = new Authenticator(keys, nanos::get);
    ApiKeys.Issued issued =
        keys.issue(BootstrapKey.TENANT, "k", Set.of(Scope.READ), null).orElseThrow();
    String header = "Bearer " + issued.secret();
    authenticator.authenticate(header);
    assertThat(keys.revoke(BootstrapKey.TENANT, issued.key().id())).isTrue();

    nanos.addAndGet(Duration.ofSeconds(10).toNanos());

    assertThat(code(() -> authenticator.authenticate(header)))
        .isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void aKnownKeyIsNotAskedForAgainWithinThatTime() {
    ApiKeys keys = new ApiKeys(door.database.database(), Clock.systemUTC());
    Authenticator authenticator = new Authenticator(keys, () -> 0);
    ApiKeys.Issued issued =
        keys.issue(BootstrapKey.TENANT, "k", Set.of(Scope.READ), null).orElseThrow();
    authenticator.authenticate("Bearer " + issued.secret());
    keys.revoke(BootstrapKey.TENANT, issued.key().id());

    assertThat(authenticator.authenticate("Bearer " + issued.secret()).tenant())
        .isEqualTo(BootstrapKey.TENANT);
  }

  @Test
  void aKeyThatHasExpiredIsNoKey() {
    ApiKeys keys = new ApiKeys(door.database.database(), Clock.systemUTC());
    ApiKeys.Issued issued =
        keys.issue(
                BootstrapKey.TENANT,
                "k",
                Set.of(Scope.READ),
                Clock.systemUTC().instant().minusSeconds(1))
            .orElseThrow();
    assertThat(keys.find(issued.secret())).isEmpty();
  }

  @Test
  void theDoorRevokesAndListsOnlyOwnKeys() {
    Door.Home home = door.home();
    Door.Home other = door.home();
    String id =
        home.client()
            .post("/v1/api-keys", "{\"name\":\"k\",\"scopes\":[\"read\"]}")
            .expect(201)
            .text("id");
    other.client().delete("/v1/api-keys/" + id).problem(404, "unknown_key");
    home.client().delete("/v1/api-keys/" + id).expect(204);
    home.client().delete("/v1/api-keys/" + id).expect(204);
    JsonNode revoked =
        home.client()
            .get("/v1/api-keys")
            .json()
            .get("items")
            .valueStream()
            .filter(key -> key.get("id").asString().equals(id))
            .findFirst()
            .orElseThrow();
    assertThat(revoked.get("revoked_at").isNull()).isFalse();
  }

  @Test
  void nobodyHandsOnMoreThanTheyMay() {
    Door.Home home = door.home();
    Client client = home.client();
    client
        .post("/v1/api-keys", "{\"name\":\"k\",\"scopes\":[\"installation\"]}")
        .problem(403, "insufficient_scope");
    String other =
        "{\"name\":\"k\",\"scopes\":[\"read\"],\"tenant_id\":\"%s\"}"
            .formatted(door.home().tenant());
    client.post("/v1/api-keys", other).problem(404, "unknown_tenant");
    String nobody =
        "{\"name\":\"k\",\"scopes\":[\"read\"],\"tenant_id\":\"%s\"}".formatted(UUID.randomUUID());
    door.admin().post("/v1/api-keys", nobody).problem(404, "unknown_tenant");
    for (String scopes : new String[] {"[]", "[\"all\"]", "null"}) {
      client
          .post("/v1/api-keys", "{\"name\":\"k\",\"scopes\":" + scopes + "}")
          .problem(400, "invalid_field");
    }
    client
        .post(
            "/v1/api-keys",
            "{\"name\":\"k\",\"scopes\":[\"read\"],\"expires_at\":\"2001-01-01T00:00:00Z\"}")
        .problem(400, "invalid_field");
  }

  @Test
  void theBootstrapKeyChangesWithTheSettingsAndKeepsItsTenant() {
    BootstrapKey bootstrap = new BootstrapKey(door.database.database());
    ApiKeys keys = new ApiKeys(door.database.database(), Clock.systemUTC());
    bootstrap.ensure("another key, with spaces and ünïcode");
    bootstrap.ensure("another key, with spaces and ünïcode");
    assertThat(keys.find(Door.KEY)).isEmpty();
    assertThat(keys.find("another key, with spaces and ünïcode").orElseThrow().scopes())
        .containsExactlyInAnyOrder(Scope.values());
    bootstrap.ensure(Door.KEY);
    assertThat(keys.find(Door.KEY).orElseThrow().tenant()).isEqualTo(BootstrapKey.TENANT);
  }

  private static ProblemCode code(Runnable action) {
    try {
      action.run();
    } catch (ProblemException e) {
      return e.code();
    }
    throw new AssertionError("it was not refused");
  }
}
