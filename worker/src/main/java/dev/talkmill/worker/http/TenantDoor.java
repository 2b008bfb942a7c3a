package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.ApiKey;
import dev.talkmill.jobs.tenant.ApiKeys;
import dev.talkmill.jobs.tenant.Scope;
import dev.talkmill.jobs.tenant.Tenant;
import dev.talkmill.jobs.tenant.Tenants;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tenants and API keys. */
@RestController
final class TenantDoor {

  private static final int NAME_CHARS_MAX = 200;
  private static final int SCOPES_MAX = 10;
  private static final int SCOPE_CHARS_MAX = 20;

  private final Tenants tenants;
  private final ApiKeys keys;
  private final InstantSource clock;

  TenantDoor(Tenants tenants, ApiKeys keys, InstantSource clock) {
    this.tenants = tenants;
    this.keys = keys;
    this.clock = clock;
  }

  record NewTenant(@Nullable String name) {}

  record TenantView(UUID id, String name, @Nullable Instant createdAt) {}

  /** A key to be made; without a tenant it is one of the caller's own. */
  record NewKey(
      @Nullable String name,
      @Nullable List<@Nullable String> scopes,
      @Nullable UUID tenantId,
      @Nullable String expiresAt) {}

  /** A key that was made; {@code key} is told this once. */
  record IssuedView(
      UUID id,
      UUID tenantId,
      String name,
      List<String> scopes,
      String key,
      @Nullable Instant expiresAt,
      Instant createdAt) {}

  record KeyView(
      UUID id,
      UUID tenantId,
      String name,
      List<String> scopes,
      @Nullable Instant expiresAt,
      @Nullable Instant revokedAt,
      Instant createdAt) {}

  @Requires(Scope.INSTALLATION)
  @PostMapping("/v1/tenants")
  ResponseEntity<TenantView> createTenant(Caller caller, @JsonBody NewTenant body) {
    Tenant tenant = tenants.create(Fields.required("name", body.name(), NAME_CHARS_MAX));
    return ResponseEntity.status(HttpServletResponse.SC_CREATED)
        .body(new TenantView(tenant.id(), tenant.name(), tenant.createdAt()));
  }

  @Requires({Scope.ADMIN, Scope.INSTALLATION})
  @PostMapping("/v1/api-keys")
  ResponseEntity<IssuedView> issueKey(Caller caller, @JsonBody NewKey body) {
    UUID tenant = body.tenantId() == null ? caller.tenant() : body.tenantId();
    if (!tenant.equals(caller.tenant()) && !caller.may(Scope.INSTALLATION)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_TENANT, tenant);
    }
    String name = Fields.required("name", body.name(), NAME_CHARS_MAX);
    Set<Scope> scopes = scopes(body.scopes());
    if (scopes.contains(Scope.INSTALLATION) && !caller.may(Scope.INSTALLATION)) {
      throw new ProblemException(
          ProblemCode.INSUFFICIENT_SCOPE,
          "Only a key with the scope \"installation\" can hand that scope on.");
    }
    ApiKeys.Issued issued =
        keys.issue(tenant, name, scopes, expiresAt(body.expiresAt()))
            .orElseThrow(() -> ProblemException.unknown(ProblemCode.UNKNOWN_TENANT, tenant));
    ApiKey key = issued.key();
    return ResponseEntity.status(HttpServletResponse.SC_CREATED)
        .body(
            new IssuedView(
                key.id(),
                key.tenant(),
                key.name(),
                codes(key.scopes()),
                issued.secret(),
                key.expiresAt(),
                key.createdAt()));
  }

  @Requires(Scope.ADMIN)
  @GetMapping("/v1/api-keys")
  Page<KeyView> listKeys(
      Caller caller,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit) {
    int rows = Page.limit(limit);
    List<ApiKey> found = keys.list(caller.tenant(), Page.after(cursor), rows + 1);
    return Page.of(found, rows, ApiKey::id, TenantDoor::view);
  }

  @Requires(Scope.ADMIN)
  @DeleteMapping("/v1/api-keys/{id}")
  ResponseEntity<Void> revokeKey(Caller caller, @PathVariable UUID id) {
    if (!keys.revoke(caller.tenant(), id)) {
      throw ProblemException.unknown(ProblemCode.UNKNOWN_KEY, id);
    }
    return ResponseEntity.noContent().build();
  }

  private static Set<Scope> scopes(@Nullable List<@Nullable String> codes) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    for (String code : Fields.texts("scopes", codes, SCOPES_MAX, SCOPE_CHARS_MAX)) {
      scopes.add(
          Arrays.stream(Scope.values())
              .filter(scope -> scope.code().equals(code))
              .findFirst()
              .orElseThrow(() ->
                  Fields.invalid("scopes", "may hold upload, read, admin and installation only")));
    }
    if (scopes.isEmpty()) {
      throw Fields.invalid("scopes", "is required: one or more of upload, read and admin");
    }
    return scopes;
  }

  private @Nullable Instant expiresAt(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Instant time = ChunkHeaders.time(text);
    if (time == null || !time.isAfter(clock.instant())) {
      throw Fields.invalid("expires_at", "must be a time to come such as 2030-01-31T00:00:00Z");
    }
    return time;
  }

  private static KeyView view(ApiKey key) {
    return new KeyView(
        key.id(),
        key.tenant(),
        key.name(),
        codes(key.scopes()),
        key.expiresAt(),
        key.revokedAt(),
        key.createdAt());
  }

  private static List<String> codes(Set<Scope> scopes) {
    return scopes.stream().sorted().map(Scope::code).toList();
  }
}
