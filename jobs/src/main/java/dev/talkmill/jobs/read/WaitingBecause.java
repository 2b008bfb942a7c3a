package dev.talkmill.jobs.read;

import dev.talkmill.jobs.postgres.Json;
import dev.talkmill.pipeline.ledger.Stage;
import java.time.Instant;
import java.util.Map;

/**
 * The pause because of which work waits, as readers see it: the tenant's before that of a stage,
 * and that before a provider's.
 *
 * @param cause always {@code policy}: nobody has failed
 * @param kind {@code tenant}, {@code stage} or {@code provider}
 * @param name a tenant's id, or the name of the stage or provider
 * @param reason what the operator said
 * @param since when it was paused, by the database's clock
 */
public record WaitingBecause(String cause, String kind, String name, String reason, Instant since) {

  static final String CAUSE = "policy";

  /** Whether pause {@code p} holds work of {@code s}, which has a tenant and a stage. */
  static final String HOLDS =
      """
      ((p.kind = 'tenant' AND p.name = s.tenant_id::text)
       OR (p.kind = 'stage' AND p.name = s.stage)
       OR (p.kind = 'provider' AND p.name = CAST(:providers AS jsonb) ->> s.stage))
      """;

  /** The parameter of {@link #HOLDS}. */
  static String providers(Map<Stage, String> providers) {
    return Json.write(providers);
  }
}
