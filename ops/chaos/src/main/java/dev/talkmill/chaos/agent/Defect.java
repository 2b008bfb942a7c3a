package dev.talkmill.chaos.agent;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A mistake that is woven into a worker to see whether a run notices it. */
public enum Defect {
  /** Writes that end a row do not ask whether it is still theirs. */
  NO_FENCE(
      new Edit.Text(
          "dev/talkmill/jobs/ledger/FencedWrites",
          Pattern.compile("AND epoch = :epoch AND state \\|\\| '' = 'PROCESSING'"),
          "AND CAST(:epoch AS bigint) >= 0")),

  /** The relay saves jobs in a transaction of their own, beside the one that dispatches rows. */
  RELAY_APART(new Edit.Field("dev/talkmill/jobs/queue/JobServer", "joining", "storage")),

  /**
   * Whether all chunks of a conversation have ended is counted, after the commit that ended each,
   * and not asked of the chunks.
   */
  FAN_IN_COUNTED(
      new Edit.Text("dev/talkmill/jobs/conversation/Conversations", Open.CHUNKS, Open.COUNTED),
      new Edit.Text("dev/talkmill/jobs/sweep/ScheduleBehind", Open.CHUNKS, Open.COUNTED),
      new Edit.Told("dev/talkmill/jobs/queue/Completion", "succeed"));

  /** The question for open chunks, and its counterfeit. */
  private static final class Open {
    static final Pattern CHUNKS =
        Pattern.compile(
            "EXISTS \\(SELECT FROM conversation_chunk k\\s+"
                + "WHERE k\\.tenant_id = c\\.tenant_id AND k\\.conversation_id = c\\.id\\s+"
                + "AND k\\.state = 'OPEN'( OFFSET 0)?\\)");

    static final String COUNTED = Matcher.quoteReplacement("chaos.is_open(c.tenant_id, c.id)");
  }

  @SuppressWarnings("ImmutableEnumChecker") // As it is made, it is.
  private final List<Edit> edits;

  Defect(Edit... edits) {
    this.edits = List.of(edits);
  }

  List<Edit> edits() {
    return edits;
  }
}
