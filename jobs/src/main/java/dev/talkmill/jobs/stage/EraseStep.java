package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.store.ObjectStore;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ERASE: deletes the objects of a tombstone, and lists again until nothing is left. Deleting twice
 * is harmless, so an attempt after a crash just goes on.
 *
 * <p>The invariant: <em>no byte below a tombstone's prefixes outlives it by more than the grace
 * period and one pass of the sweep {@code orphan_objects}</em>. {@code Erasing} lets this stage
 * wait for holders that it can know of. A process that stood still may write later than any wait.
 * What it writes lies under a key whose row is gone, which makes it an orphan, or is a playable of
 * an older generation; the sweep deletes both, whenever they were written.
 */
public final class EraseStep implements StageStep {

  private static final String FIND =
      """
      SELECT prefixes, multipart_keys, multipart_ids FROM tombstone
      WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String ERASED =
      """
      UPDATE tombstone SET erased_at = clock_timestamp() WHERE tenant_id = :tenant AND id = :id
      """;

  private static final String AUDIT =
      """
      INSERT INTO audit_log (tenant_id, actor, action, subject_id, detail)
      SELECT tenant_id, 'talkmill', 'objects.erased', coalesce(chunk_id, conversation_id),
             jsonb_build_object('objects', CAST(:objects AS integer))
      FROM tombstone WHERE tenant_id = :tenant AND id = :id
      """;

  private final Database database;
  private final ObjectStore store;

  public EraseStep(Database database, ObjectStore store) {
    this.database = database;
    this.store = store;
  }

  private record Tombstone(
      List<String> prefixes, List<String> multipartKeys, List<String> multipartIds) {}

  @Override
  public Stage stage() {
    return Stage.ERASE;
  }

  @Override
  public Ending run(Work work) {
    LedgerRow row = work.row();
    Optional<Tombstone> found = database.inTenant(work.tenant(), () -> find(row));
    if (found.isEmpty()) {
      return conversation -> Ended.with("superseded");
    }
    Tombstone tombstone = found.get();
    for (int i = 0; i < tombstone.multipartKeys().size(); i++) {
      work.ensureHeld();
      store.abortMultipart(tombstone.multipartKeys().get(i), tombstone.multipartIds().get(i));
    }
    int objects = 0;
    for (String prefix : tombstone.prefixes()) {
      objects += store.deleteAll(prefix, work::ensureHeld);
    }
    int deleted = objects;
    work.log("%d objects deleted".formatted(deleted));
    return conversation -> {
      write(ERASED, row, null);
      write(AUDIT, row, deleted);
      return Ended.with("ok");
    };
  }

  private Optional<Tombstone> find(LedgerRow row) {
    return database
        .sql()
        .sql(FIND)
        .param("tenant", row.tenant())
        .param("id", row.subject())
        .query((result, number) ->
            new Tombstone(
                List.of((String[]) result.getArray("prefixes").getArray()),
                List.of((String[]) result.getArray("multipart_keys").getArray()),
                List.of((String[]) result.getArray("multipart_ids").getArray())))
        .optional();
  }

  private void write(String statement, LedgerRow row, @Nullable Integer objects) {
    var write =
        database.sql().sql(statement).param("tenant", row.tenant()).param("id", row.subject());
    (objects == null ? write : write.param("objects", objects)).update();
  }

  /** The tombstone stays, and the row says why; an operator requeues it. */
  @Override
  public void failed(LockedConversation conversation, LedgerRow row, Failure failure) {}
}
