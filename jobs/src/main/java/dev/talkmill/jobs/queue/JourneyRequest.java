package dev.talkmill.jobs.queue;

import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.UUID;
import org.jobrunr.jobs.lambdas.JobRequest;

/**
 * What JobRunr stores of a job: ids only, for its dashboard shows them. The class names are schema;
 * rename one only with a migration of what is stored.
 */
public sealed interface JourneyRequest extends JobRequest
    permits ChunkJourney, ConversationJourney, Erasure {

  UUID tenant();

  UUID row();

  /** Of the row when the job was dispatched. */
  long epoch();

  /** The job's id: never the same twice for a row, for JobRunr skips an id that it has seen. */
  default UUID jobId() {
    return jobId(row(), epoch());
  }

  static UUID jobId(UUID row, long epoch) {
    return Uuids.v5(row, "epoch:" + epoch);
  }

  static JourneyRequest of(Stage stage, UUID tenant, UUID row, long epoch) {
    return switch (stage) {
      case STORE, PREPARE, TRANSCRIBE -> new ChunkJourney(tenant, row, epoch);
      case AGGREGATE, SUMMARIZE -> new ConversationJourney(tenant, row, epoch);
      case ERASE -> new Erasure(tenant, row, epoch);
    };
  }

  /** How a job is named in the dashboard. */
  static String name(LedgerRow row) {
    return "%s %s %s".formatted(row.stage(), row.stage().subject(), row.subject());
  }
}
