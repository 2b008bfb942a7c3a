package dev.talkmill.jobs.simulation;

import dev.talkmill.jobs.simulation.Told.Taken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Compares what stands in database and bucket when all is at rest with what clients were told. */
final class Verdict {

  /** Claims without an end after which a row may be condemned. */
  private static final int CRASHES_MAX = 5;

  private static final String POISONED =
      """
      SELECT EXISTS (SELECT FROM processing_status
                     WHERE conversation_id = ? AND error_code = 'crashed_repeatedly')
      """;

  private static final String INNOCENT =
      """
      SELECT count(*) FROM processing_status p
      WHERE p.error_code = 'crashed_repeatedly'
        AND (SELECT count(*) FROM simulation.holder h WHERE h.row_id = p.id AND NOT h.ended) < ?
      """;

  /** What a step met that is no failure of its work, except a line that was cut. */
  private static final String OWN_ERRORS =
      """
      SELECT DISTINCT data ->> 'error_message' FROM processing_event
      WHERE data ->> 'error_code' = 'internal_error'
        AND data ->> 'error_message' NOT LIKE '%the line was cut%'
      """;

  private static final String OPEN_CALLS =
      "SELECT count(*) FROM provider_call WHERE state = 'STARTED'";

  private static final String RESULTS =
      """
      SELECT count(*) FROM chunk_transcript t
      JOIN conversation_chunk k ON k.tenant_id = t.tenant_id AND k.id = t.chunk_id
      WHERE t.provider IS NOT NULL AND (k.id = ? OR k.parent_id = ?)
      """;

  /** Tables of which an erased conversation leaves nothing. */
  private static final List<String> TRACES =
      List.of(
          "conversation_chunk",
          "transcript",
          "conversation_segment",
          "provider_call",
          "upload",
          "idempotency_key");

  private final Ground ground;
  private final JdbcClient owner;
  private final int fenced;
  private final List<String> wrong = new ArrayList<>();

  /**
   * Looks at what is there.
   *
   * @param fenced rows that jobs had lost when they ended
   */
  Verdict(Ground ground, int fenced) {
    this.ground = ground;
    this.owner = ground.owner();
    this.fenced = fenced;
  }

  List<String> on(List<Told> conversations) {
    expect("I4: a stale write that landed", ground.watch().stale(), "");
    expect("K3: a row dispatched without its job", ground.watch().jobless(), "");
    expect("K9: an end that was said too early", ground.watch().early(), "");
    expect("errors of our own", owner.sql(OWN_ERRORS).query(String.class).list(), List.of());
    expect("rows condemned that crashed too seldom", number(INNOCENT, CRASHES_MAX), 0);
    for (Told told : conversations) {
      if (told.isErased()) {
        erased(told);
      } else if (owner.sql(POISONED).params(told.id()).query(Boolean.class).single()) {
        ground.chronicle().met("A ROW CONDEMNED");
      } else {
        whole(told);
      }
    }
    objects();
    paid(conversations);
    nothingForTheHealers();
    expect("I10: jobs that succeeded long ago", ground.jobs().count("SUCCEEDED"), 0);
    expect("I10: jobs that nobody runs", ground.jobs().count("ENQUEUED"), 0);
    expect("calls that nobody ended", number(OPEN_CALLS), 0);
    return wrong;
  }

  /** What an erased conversation leaves: its tombstone, and nothing that it was about (K14). */
  private void erased(Told told) {
    for (String table : TRACES) {
      expect(
          "rows of an erased conversation in " + table,
          number("SELECT count(*) FROM " + table + " WHERE conversation_id = ?", told.id()),
          0);
    }
    expect(
        "ledger rows of an erased conversation",
        number(
            "SELECT count(*) FROM processing_status WHERE conversation_id = ? AND stage <> 'ERASE'",
            told.id()),
        0);
  }

  private record Seen(UUID chunk, String state, @Nullable String code) {}

  private record Conversation(
      boolean current, boolean transcribed, String outcome, @Nullable String summary) {}

  private void whole(Told told) {
    List<Seen> chunks = chunks(told);
    List<UUID> acknowledged = told.chunks().stream().map(Taken::chunk).toList();
    expect("I1: chunks of " + told.id(), chunks.stream().map(Seen::chunk).toList(), acknowledged);
    Map<UUID, Taken> taken =
        told.chunks().stream().collect(Collectors.toMap(Taken::chunk, Function.identity()));
    for (Seen chunk : chunks) {
      Taken from = taken.get(chunk.chunk());
      if (from != null) {
        ended(from, chunk);
      }
    }
    expect("I2: the transcript of " + told.id(), transcript(told), told.words());
    String summary = told.words().isEmpty() ? null : Outside.summaryOf(told.words());
    expect(
        "I3: the end of " + told.id(),
        conversation(told),
        new Conversation(true, !acknowledged.isEmpty(), told.outcome(), summary));
    explained(told, taken);
  }

  private static String end(Recording kind) {
    return switch (kind) {
      case TEXT, WORDS, FLAKY -> "TRANSCRIBED";
      case LONG -> "SPLIT";
      case SILENCE, MUMBLE -> "NO_SPEECH";
      case GARBAGE, REJECTED, HOPELESS -> "FAILED";
    };
  }

  private void ended(Taken from, Seen chunk) {
    expect("I3: the end of chunk " + from, chunk.state(), end(from.kind()));
    if (from.kind().fails()) {
      expect("the failure of " + from, from.kind().failures().contains(chunk.code()), true);
    }
  }

  private List<Seen> chunks(Told told) {
    return owner
        .sql(
            """
            SELECT * FROM conversation_chunk
            WHERE conversation_id = ? AND parent_id IS NULL ORDER BY ordinal
            """)
        .params(told.id())
        .query((row, number) ->
            new Seen(
                row.getObject("id", UUID.class), row.getString("state"), row.getString("code")))
        .list();
  }

  private List<String> transcript(Told told) {
    return owner
        .sql(
            """
            SELECT s.text FROM transcript t
            JOIN conversation_segment s USING (tenant_id, conversation_id, version)
            WHERE t.conversation_id = ? AND t.is_current ORDER BY s.ordinal
            """)
        .params(told.id())
        .query(String.class)
        .list();
  }

  private Conversation conversation(Told told) {
    return owner
        .sql("SELECT * FROM conversation WHERE id = ?")
        .params(told.id())
        .query((row, number) ->
            new Conversation(
                row.getLong("generation") == row.getLong("transcript_generation")
                    && row.getLong("generation") == row.getLong("summary_generation"),
                row.getBoolean("is_all_chunks_transcribed"),
                row.getString("outcome"),
                row.getString("summary")))
        .single();
  }

  private record Failed(UUID subject, String stage, String code) {}

  /** Nothing is left FAILED but what the recording itself explains. */
  private void explained(Told told, Map<UUID, Taken> taken) {
    owner
        .sql("SELECT * FROM processing_status WHERE conversation_id = ? AND state = 'FAILED'")
        .params(told.id())
        .query((row, number) ->
            new Failed(
                row.getObject("subject_id", UUID.class),
                row.getString("stage"),
                row.getString("error_code")))
        .list()
        .forEach(failed -> {
          Taken from = taken.get(failed.subject());
          if (from == null || !from.kind().failures().contains(failed.code())) {
            wrong.add("FAILED without a reason: %s of %s".formatted(failed, from));
          }
        });
  }

  /** I8: every object has its row and every row its object; nothing is left in the spool. */
  private void objects() {
    TreeSet<String> keys =
        new TreeSet<>(
            owner
                .sql("SELECT storage_key FROM conversation_chunk WHERE storage_key IS NOT NULL")
                .query(String.class)
                .list());
    expect("I8: objects", ground.bucket().keys(), keys);
    expect("I8: uploads that nobody ends", ground.bucket().uploads(), 0);
    expect("I8: spooled bodies", number("SELECT count(*) FROM chunk_spool"), 0);
  }

  /** Sweeps that only mend what a defect has left, never what a crash has. */
  private void nothingForTheHealers() {
    for (String sweep : List.of("chunks_without_row", "conversations_behind")) {
      double mended =
          ground.meters().find("talkmill.sweep.mended").tag("sweep", sweep).counters().stream()
              .mapToDouble(counter -> counter.count())
              .sum();
      expect("mended by " + sweep, mended, 0.0);
    }
  }

  /** I9: a recognition is paid for again at most where a process died or lost its row. */
  private void paid(List<Told> conversations) {
    int repeats = 0;
    for (Told told : conversations) {
      for (Taken chunk : told.isErased() ? List.<Taken>of() : told.chunks()) {
        int results = number(RESULTS, chunk.chunk(), chunk.chunk());
        repeats += Math.max(0, ground.outside().answers(chunk.number()) - results);
      }
    }
    int deaths = ground.chronicle().deathsInAll();
    if (repeats > deaths + fenced) {
      wrong.add(
          "I9: %d recognitions paid again, with %d deaths and %d lost rows"
              .formatted(repeats, deaths, fenced));
    }
  }

  private int number(String query, Object... params) {
    return owner.sql(query).params(params).query(Integer.class).single();
  }

  private void expect(String what, @Nullable Object is, @Nullable Object shouldBe) {
    if (!Objects.equals(is, shouldBe)) {
      wrong.add("%s: is %s and should be %s".formatted(what, is, shouldBe));
    }
  }
}
