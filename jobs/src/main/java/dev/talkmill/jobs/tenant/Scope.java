package dev.talkmill.jobs.tenant;

import java.util.Locale;

/** What a key allows. Scopes do not include each other. */
public enum Scope {
  /** Open conversations, hand chunks over, finish. */
  UPLOAD,
  /** Read everything of the tenant that is no secret. */
  READ,
  /** Projects, keys, requeue, re-runs and erasure within the tenant. */
  ADMIN,
  /** Tenants, and keys of other tenants. */
  INSTALLATION;

  /** The name as it is stored and shown, for example {@code upload}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
