package dev.talkmill.jobs.tenant;

import java.util.Locale;

/** What a key allows. Scopes do not include each other. */
public enum Scope {
  /** Open conversations, hand chunks over, finish. */
  UPLOAD,
  /** Read everything of the tenant that is no secret. */
  READ,
  /** Projects, keys, requeue, re-runs, erasure and pause within the tenant. */
  ADMIN,
  /** Tenants, keys of other tenants, and pauses of what all tenants share. */
  INSTALLATION;

  /** The name as it is stored and shown, for example {@code upload}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
