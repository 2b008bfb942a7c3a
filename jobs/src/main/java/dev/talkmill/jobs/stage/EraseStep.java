package dev.talkmill.jobs.stage;

import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.ledger.LedgerRow;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.ledger.Stage;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.pipeline.store.ObjectStore.ObjectInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * ERASE: deletes the objects of a tombstone, and lists again until nothing is left. Deleting twice
 * is harmless, so an attempt after a crash just goes on.
 */
public final class EraseStep implements StageStep {

  private static final int PAGE = 500;

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
      objects += deleteAll(work, prefix);
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

  private int deleteAll(Work work, String prefix) {
    int deleted = 0;
    List<ObjectInfo> page = store.list(prefix, null, PAGE);
    while (!page.isEmpty()) {
      String first = page.getFirst().key();
      for (ObjectInfo object : page) {
        work.ensureHeld();
        store.delete(object.key());
        deleted++;
      }
      page = store.list(prefix, null, PAGE);
      if (!page.isEmpty() && page.getFirst().key().equals(first)) {
        throw FailureException.of(
            FailureCode.STORAGE_UNAVAILABLE, "the store still lists what it said it had deleted");
      }
    }
    return deleted;
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
