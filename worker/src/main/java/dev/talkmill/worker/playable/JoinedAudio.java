package dev.talkmill.worker.playable;

import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.jobs.stage.Recordings;
import dev.talkmill.jobs.stage.Scratch;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.prepare.AudioDecoder;
import dev.talkmill.pipeline.store.ObjectKeys;
import dev.talkmill.pipeline.store.ObjectStore;
import dev.talkmill.worker.http.PlayableAudio;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a conversation's originals into one Ogg Opus file. Its key carries the generation, so a
 * change of content leads to a new file; a crash while one is made leaves nothing that the next
 * request does not make again.
 */
public final class JoinedAudio implements PlayableAudio, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(JoinedAudio.class);
  private static final String MEDIA_TYPE = "audio/ogg";

  /** A client waits this long for a short file; for a long one it is told to come back. */
  private static final Duration WAIT = Duration.ofSeconds(20);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private static final String CONVERSATION =
      """
      SELECT c.generation, c.is_anonymized OR p.anonymize AS withheld,
             EXISTS (SELECT FROM conversation_chunk k
                     WHERE k.tenant_id = c.tenant_id AND k.conversation_id = c.id
                       AND k.parent_id IS NULL AND k.state = 'OPEN' AND k.seconds IS NULL) AS coming
      FROM conversation c JOIN project p ON p.tenant_id = c.tenant_id AND p.id = c.project_id
      WHERE c.tenant_id = :tenant AND c.id = :id
      """;

  private static final String PLAYABLE =
      """
      SELECT id FROM conversation_chunk
      WHERE tenant_id = :tenant AND conversation_id = :id AND parent_id IS NULL
        AND storage_key IS NOT NULL AND seconds > 0
      ORDER BY coalesce(sequence, ordinal), recorded_at NULLS LAST, ordinal
      """;

  private final Database database;
  private final Chunks chunks;
  private final Recordings recordings;
  private final Scratch scratch;
  private final AudioDecoder decoder;
  private final ObjectStore store;
  private final Map<String, CompletableFuture<Void>> making = new ConcurrentHashMap<>();
  // One at a time: encoding a long recording takes a core for a while.
  private final ExecutorService maker =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("talkmill-playable").daemon().factory());

  public JoinedAudio(
      Database database,
      Chunks chunks,
      Recordings recordings,
      Scratch scratch,
      AudioDecoder decoder,
      ObjectStore store) {
    this.database = database;
    this.chunks = chunks;
    this.recordings = recordings;
    this.scratch = scratch;
    this.decoder = decoder;
    this.store = store;
  }

  private record Source(
      UUID conversation, long generation, boolean withheld, boolean coming, List<UUID> chunks) {}

  @Override
  public Answer of(UUID tenant, UUID conversation) {
    Optional<Source> found = database.inTenant(tenant, () -> source(conversation));
    if (found.isEmpty()) {
      return new Answer.UnknownConversation();
    }
    Source source = found.get();
    if (source.withheld()) {
      return new Answer.Withheld();
    }
    if (source.coming()) {
      return new Answer.NotReady(RETRY_AFTER);
    }
    if (source.chunks().isEmpty()) {
      return new Answer.NoAudio();
    }
    String key = ObjectKeys.playable(tenant, conversation, source.generation());
    return kept(key).orElseGet(() -> made(tenant, source, key));
  }

  private Optional<Answer> kept(String key) {
    return store.head(key).map(file -> new Answer.Ready(key, file.bytes(), MEDIA_TYPE));
  }

  private Answer made(UUID tenant, Source source, String key) {
    CompletableFuture<Void> file =
        making.computeIfAbsent(
            key,
            any ->
                CompletableFuture.runAsync(() -> make(tenant, source, key), maker)
                    .whenComplete((done, failed) -> making.remove(key)));
    try {
      file.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
      return kept(key).orElseGet(() -> new Answer.NotReady(RETRY_AFTER));
    } catch (TimeoutException e) {
      return new Answer.NotReady(RETRY_AFTER);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FailureException failure) {
        throw failure;
      }
      throw new IllegalStateException("the playable file could not be made", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.NotReady(RETRY_AFTER);
    }
  }

  private void make(UUID tenant, Source source, String key) {
    Path joined = scratch.temporary();
    try {
      List<Path> originals = new ArrayList<>();
      for (UUID id : source.chunks()) {
        Optional<Chunk> chunk = database.inTenant(tenant, () -> chunks.find(id));
        chunk.ifPresent(found -> originals.add(recordings.playable(found)));
      }
      double seconds = decoder.join(originals, joined);
      store.put(key, joined, MEDIA_TYPE);
      deleteIfStale(tenant, source, key);
      log.info(
          "made a playable file of {} s from {} chunks", Math.round(seconds), originals.size());
    } finally {
      scratch.delete(joined);
      source.chunks().forEach(id -> scratch.delete(scratch.original(id)));
    }
  }

  /** What was erased while the file was made must not come back with it. */
  private void deleteIfStale(UUID tenant, Source source, String key) {
    boolean current =
        database
            .inTenant(tenant, () -> source(source.conversation()))
            .filter(now -> now.generation() == source.generation())
            .isPresent();
    if (!current) {
      store.delete(key);
    }
  }

  private Optional<Source> source(UUID conversation) {
    List<UUID> playable =
        database
            .sql()
            .sql(PLAYABLE)
            .param("tenant", database.tenant())
            .param("id", conversation)
            .query((row, number) -> row.getObject("id", UUID.class))
            .list();
    return database
        .sql()
        .sql(CONVERSATION)
        .param("tenant", database.tenant())
        .param("id", conversation)
        .query((row, number) ->
            new Source(
                conversation,
                row.getLong("generation"),
                row.getBoolean("withheld"),
                row.getBoolean("coming"),
                playable))
        .optional();
  }

  @Override
  public void close() {
    maker.shutdownNow();
  }
}
