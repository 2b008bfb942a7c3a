package dev.talkmill.worker.http;

import dev.talkmill.jobs.tenant.ApiKey;
import dev.talkmill.jobs.tenant.Scope;
import java.util.UUID;

/** Who asks: a key and its tenant. */
record Caller(ApiKey key) {

  UUID tenant() {
    return key.tenant();
  }

  boolean may(Scope scope) {
    return key.scopes().contains(scope);
  }

  /** How the caller is named in the audit log. */
  String actor() {
    return "api-key:" + key.id();
  }
}
