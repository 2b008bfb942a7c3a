package dev.talkmill.chaos.check;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong, each with a sentence that names it.
 *
 * @param lost acknowledged chunks that are not there, whole and transcribed
 * @param duplicated what was done or is said twice
 * @param stuck what is neither done nor given up
 * @param unsettled finished conversations that nothing will settle
 * @param untrue what clients were told and was not so
 * @param apart what was committed without what belongs to it
 * @param unerased what is left of erased conversations
 */
record Findings(
    List<String> lost,
    List<String> duplicated,
    List<String> stuck,
    List<String> unsettled,
    List<String> untrue,
    List<String> apart,
    List<String> unerased) {

  private static final String TWICE_TAKEN =
      """
      SELECT conversation_id FROM conversation_chunk WHERE parent_id IS NULL
      GROUP BY conversation_id, sequence HAVING count(*) > 1
      """;

  private static final String TWICE_COMPLETED =
      """
      SELECT status_id FROM processing_event WHERE event = 'stage.completed'
      GROUP BY status_id HAVING count(*) > 1
      """;

  private static final String OPEN_ROWS =
      "SELECT id FROM processing_status WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING')";

  private static final String FAILED_ROWS =
      "SELECT id FROM processing_status WHERE state = 'FAILED'";

  private static final String BEHIND =
      "SELECT id FROM conversation WHERE is_finished AND outcome IS NULL";

  /** Bytes that wait for a store that has them. */
  private static final String SPOOLED =
      """
      SELECT p.chunk_id FROM chunk_spool p
      JOIN conversation_chunk c ON c.tenant_id = p.tenant_id AND c.id = p.chunk_id
      WHERE c.storage_key IS NOT NULL
      """;

  private static final String JOBLESS = "SELECT status_id FROM chaos.jobless";

  private static final String ROWLESS = "SELECT job_id FROM chaos.rowless";

  private static final String CONVERSATIONS = "SELECT id FROM conversation";

  static Findings of(Told told, Ledger ledger, Bucket bucket) throws SQLException {
    Findings found =
        new Findings(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    found.checkChunks(told, ledger.chunks(), bucket);
    found.checkTranscripts(told, ledger.transcripts());
    told.refused().forEach(answer -> found.lost.add("was refused: " + answer.answer()));
    found.checkSettled(told);
    add(found.duplicated, "was taken twice: a chunk of ", ledger.ids(TWICE_TAKEN));
    add(found.duplicated, "was completed twice: row ", ledger.ids(TWICE_COMPLETED));
    add(found.stuck, "is open: row ", ledger.ids(OPEN_ROWS));
    add(found.stuck, "has failed for good: row ", ledger.ids(FAILED_ROWS));
    add(found.unsettled, "has no outcome: conversation ", ledger.ids(BEHIND));
    add(found.apart, "was dispatched without its job: row ", ledger.ids(JOBLESS));
    add(found.apart, "was saved apart from its row: job ", ledger.ids(ROWLESS));
    add(found.stuck, "is stored and spooled: chunk ", ledger.ids(SPOOLED));
    found.checkErased(told, new HashSet<>(ledger.ids(CONVERSATIONS)), bucket.keys());
    return found;
  }

  boolean isNothing() {
    return lost.isEmpty()
        && duplicated.isEmpty()
        && stuck.isEmpty()
        && unsettled.isEmpty()
        && untrue.isEmpty()
        && apart.isEmpty()
        && unerased.isEmpty();
  }

  private static void add(List<String> to, String what, Collection<UUID> ids) {
    ids.forEach(id -> to.add(what + id));
  }

  private void checkChunks(Told told, Map<UUID, Ledger.Row> rows, Bucket bucket) {
    for (Entry.Chunk chunk : told.kept()) {
      String wrong = wrong(chunk, rows.get(chunk.chunk()), bucket);
      if (wrong != null) {
        lost.add("number %d, chunk %s: %s".formatted(chunk.number(), chunk.chunk(), wrong));
      }
    }
  }

  private static @Nullable String wrong(
      Entry.Chunk chunk, Ledger.@Nullable Row row, Bucket bucket) {
    if (row == null) {
      return "has no row";
    }
    boolean says = chunk.kind().says();
    if (!row.state().equals(says ? "TRANSCRIBED" : "NO_SPEECH")) {
      return "is " + row.state() + " " + row.code();
    }
    String text = row.text();
    if (says && (text == null || !text.contains(Oracle.words(chunk.number())))) {
      return "has the transcript of another sound, or none";
    }
    if (!chunk.kind().isStored()) {
      return null;
    }
    String key = row.key();
    String sha256 = key == null ? "no key" : bucket.sha256(key);
    return sha256.equals(chunk.sha256()) ? null : "has other bytes in the bucket: " + sha256;
  }

  private void checkTranscripts(Told told, Map<UUID, String> transcripts) {
    for (Entry.Chunk chunk : told.kept()) {
      if (chunk.kind().says() && told.finished().containsKey(chunk.conversation())) {
        String text = transcripts.getOrDefault(chunk.conversation(), "");
        String words = Oracle.words(chunk.number());
        int first = text.indexOf(words);
        if (first < 0) {
          lost.add("number %d is not in its conversation's transcript".formatted(chunk.number()));
        } else if (text.indexOf(words, first + 1) > 0) {
          duplicated.add("number %d is said twice in a transcript".formatted(chunk.number()));
        }
      }
    }
  }

  /** Nobody may be told that a transcript is whole before it is. */
  private void checkSettled(Told told) {
    Map<UUID, Set<Integer>> said = new HashMap<>();
    for (Entry.Chunk chunk : told.kept()) {
      if (chunk.kind().says()) {
        said.computeIfAbsent(chunk.conversation(), _ -> new HashSet<>()).add(chunk.number());
      }
    }
    for (Entry.Settled settled : told.settled()) {
      Set<Integer> missing = new HashSet<>(said.getOrDefault(settled.conversation(), Set.of()));
      missing.removeAll(settled.numbers());
      if (!missing.isEmpty()) {
        untrue.add(
            "conversation %s was said to be settled without numbers %s"
                .formatted(settled.conversation(), missing));
      }
    }
  }

  private void checkErased(Told told, Set<UUID> conversations, List<String> keys) {
    for (UUID erased : told.erased()) {
      if (conversations.contains(erased)) {
        unerased.add("is still there: conversation " + erased);
      }
      String below = "/c/" + erased + "/";
      keys.stream()
          .filter(key -> key.contains(below))
          .forEach(key -> unerased.add("is still there: object " + key));
    }
  }
}
