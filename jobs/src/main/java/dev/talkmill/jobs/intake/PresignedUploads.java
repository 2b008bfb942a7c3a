package dev.talkmill.jobs.intake;

import dev.talkmill.config.IntakeSettings;
import dev.talkmill.jobs.conversation.Chunk;
import dev.talkmill.jobs.conversation.Chunks;
import dev.talkmill.jobs.conversation.Conversations;
import dev.talkmill.jobs.conversation.LockedConversation;
import dev.talkmill.jobs.intake.Intake.StoredUpload;
import dev.talkmill.jobs.postgres.Database;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.id.Uuids;
import dev.talkmill.pipeline.store.ObjectKeys;
import dev.talkmill.pipeline.store.ObjectStore;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Large files go to the object store by URLs that clients PUT to, and become a chunk when they are
 * confirmed. A confirmation names the upload and never a key. No call to the store is made inside a
 * transaction.
 */
public final class PresignedUploads {

  /** Uploads share locks by chance. */
  private static final int TURNS = 256;

  /** For a client to wait for its turn; one that has waited in vain asks again. */
  private static final Duration TURN_WAIT = Duration.ofMinutes(10);

  /** For what a confirmation does besides calling the store: two short transactions. */
  private static final Duration OWN_TIME = Duration.ofMinutes(1);

  private final Database database;
  private final Conversations conversations;
  private final Chunks chunks;
  private final Intake intake;
  private final Uploads uploads;
  private final UploadFiles files;
  private final ObjectStore store;
  private final IntakeSettings settings;
  private final InstantSource clock;
  private final Lock[] turns = new Lock[TURNS];

  public PresignedUploads(
      Database database,
      Conversations conversations,
      Chunks chunks,
      Intake intake,
      ObjectStore store,
      IntakeSettings settings,
      InstantSource clock) {
    this.database = database;
    this.conversations = conversations;
    this.chunks = chunks;
    this.intake = intake;
    this.uploads = new Uploads(database);
    this.files = new UploadFiles(store, settings.uploadValidity());
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    Arrays.setAll(turns, any -> new ReentrantLock());
  }

  /**
   * A file to be uploaded.
   *
   * @param bytes exact length
   */
  public record Announced(
      UUID tenant,
      UUID conversation,
      long bytes,
      String mediaType,
      @Nullable Long sequence,
      @Nullable Instant recordedAt) {}

  /** Where its parts go. */
  public record Begun(UUID id, Instant expiresAt, List<Part> parts) {
    public Begun {
      parts = List.copyOf(parts);
    }
  }

  /** Bytes {@code firstByte} to {@code firstByte + bytes - 1} of the file are PUT to the URL. */
  public record Part(int number, URI url, long firstByte, long bytes) {}

  /** What became of a confirmation. */
  public sealed interface Confirmed {
    /** It is a chunk; the same one however often it is confirmed. */
    record Taken(Chunk chunk) implements Confirmed {}

    record Unknown() implements Confirmed {}

    record Expired() implements Confirmed {}

    /**
     * The store does not hold what was announced.
     *
     * @param stored bytes that it holds; 0 while parts before the last are missing
     */
    record Incomplete(long announced, long stored) implements Confirmed {}
  }

  /**
   * Begins an upload.
   *
   * @return empty if the tenant has no such conversation
   */
  public Optional<Begun> begin(Announced file) {
    if (!database.inTenant(file.tenant(), () -> uploads.conversationExists(file.conversation()))) {
      return Optional.empty();
    }
    UUID id = Uuids.v7(clock);
    String key = ObjectKeys.upload(file.tenant(), file.conversation(), id);
    String multipart = store.startMultipart(key);
    boolean kept = false;
    try {
      Optional<Begun> begun =
          database
              .inTenant(
                  file.tenant(),
                  () ->
                      conversations
                          .lock(file.conversation())
                          .flatMap(locked ->
                              uploads.insert(
                                  row(file, id, key, multipart), settings.uploadValidity())))
              .map(expires -> new Begun(id, expires, files.parts(key, multipart, file.bytes())));
      kept = begun.isPresent();
      return begun;
    } finally {
      if (!kept) {
        store.abortMultipart(key, multipart);
      }
    }
  }

  /**
   * Makes an upload a chunk. Repeating it is safe, also at the same time: in one process the second
   * waits for the first, since a store may answer the joining of what is just being joined with an
   * error.
   */
  public Confirmed complete(UUID tenant, UUID id) {
    Lock turn = turns[Math.floorMod(id.hashCode(), turns.length)];
    try {
      if (!turn.tryLock(TURN_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw FailureException.of(
            FailureCode.STORAGE_UNAVAILABLE, "The same upload is being completed already");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw FailureException.of(FailureCode.STORAGE_UNAVAILABLE, "The process is shutting down", e);
    }
    try {
      return completeAlone(tenant, id);
    } finally {
      turn.unlock();
    }
  }

  private Confirmed completeAlone(UUID tenant, UUID id) {
    Optional<Upload> found =
        database.inTenant(
            tenant,
            () -> {
              uploads.find(id).ifPresent(this::protect);
              return uploads.find(id);
            });
    if (found.isEmpty()) {
      return new Confirmed.Unknown();
    }
    Upload upload = found.get();
    if (upload.chunk() == null && !upload.expired()) {
      long stored = files.join(upload);
      if (stored != upload.bytes()) {
        return new Confirmed.Incomplete(upload.bytes(), stored);
      }
    }
    Confirmed confirmed = database.inTenant(tenant, () -> taken(upload));
    if (confirmed instanceof Confirmed.Unknown) {
      // Erased meanwhile; what was joined after the erasure looked must not stay.
      store.delete(upload.storageKey());
    }
    return confirmed;
  }

  /** It must not expire, and be deleted by the sweep, while it is being joined. */
  private void protect(Upload upload) {
    uploads.extend(upload.id(), files.joinLimit(upload.bytes()).plus(OWN_TIME));
  }

  private Confirmed taken(Upload verified) {
    Optional<LockedConversation> conversation = conversations.lock(verified.conversation());
    Optional<Upload> current = conversation.flatMap(locked -> uploads.lock(verified.id()));
    if (conversation.isEmpty() || current.isEmpty()) {
      return new Confirmed.Unknown();
    }
    Upload upload = current.get();
    if (upload.chunk() != null) {
      // The chunk may have been erased since.
      return chunks
          .find(upload.chunk())
          .<Confirmed>map(Confirmed.Taken::new)
          .orElseGet(Confirmed.Unknown::new);
    }
    if (upload.expired()) {
      return new Confirmed.Expired();
    }
    Chunk chunk =
        intake.acceptStored(
            conversation.get(),
            new StoredUpload(
                upload.sequence(),
                upload.recordedAt(),
                upload.mediaType(),
                upload.bytes(),
                upload.storageKey()));
    uploads.complete(upload.id(), chunk.id());
    return new Confirmed.Taken(chunk);
  }

  private static Upload row(Announced file, UUID id, String key, String multipart) {
    return new Upload(
        id,
        file.conversation(),
        file.bytes(),
        file.mediaType(),
        file.sequence(),
        file.recordedAt(),
        key,
        multipart,
        null,
        false);
  }
}
