package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.jobs.erase.Erasing;
import dev.talkmill.jobs.stage.EraseStep;
import dev.talkmill.jobs.sweep.Aside;
import dev.talkmill.jobs.sweep.OrphanObjects;
import dev.talkmill.jobs.sweep.RowsWithoutObjects;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.store.ObjectKeys;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectSweepsTest {

  private static final byte[] BODY = {1, 2, 3};

  @TempDir static Path directory;
  private static StoreFixture fixture;
  private static TestDatabase database;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Home home;
  private UUID conversation;

  @BeforeAll
  static void start() {
    fixture = new StoreFixture(directory);
    database = TestDatabase.fresh();
  }

  @AfterAll
  static void stop() {
    database.close();
    fixture.close();
  }

  @BeforeEach
  void home() {
    home = database.home();
    conversation = database.conversation(home);
  }

  @AfterEach
  void clear() {
    fixture.store.list("", null, 10_000).forEach(object -> fixture.store.delete(object.key()));
    system("DELETE FROM sweep_lease");
    system("DELETE FROM tenant");
  }

  @Test
  void anOldObjectWithoutARowIsDeletedAndOneWithARowStays() throws Exception {
    UUID chunk = chunk(null);
    String kept = put(ObjectKeys.chunk(home.tenant(), conversation, chunk));
    put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    put(ObjectKeys.playable(home.tenant(), UUID.randomUUID(), 1));
    String playable = put(ObjectKeys.playable(home.tenant(), conversation, 1));

    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(2);

    assertThat(keys()).containsExactlyInAnyOrder(kept, playable);
  }

  @Test
  void anObjectInItsGracePeriodStays() throws Exception {
    String young = put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    assertThat(orphans(Duration.ofHours(23)).runOnce()).isZero();
    assertThat(keys()).containsExactly(young);
  }

  @Test
  void anUploadStaysWhileItIsOpenAndAfterwardsAsTheObjectOfItsChunk() throws Exception {
    UUID open = upload("OPEN");
    UUID expired = upload("EXPIRED");
    UUID confirmed = UUID.randomUUID();
    String confirmedKey = ObjectKeys.upload(home.tenant(), conversation, confirmed);
    chunk(confirmedKey);
    String openKey = put(ObjectKeys.upload(home.tenant(), conversation, open));
    put(confirmedKey);
    put(ObjectKeys.upload(home.tenant(), conversation, expired));
    put(ObjectKeys.upload(home.tenant(), conversation, UUID.randomUUID()));

    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(2);

    assertThat(keys()).containsExactlyInAnyOrder(openKey, confirmedKey);
  }

  @Test
  void aPlayableOfAnOlderGenerationGoesButIsNoDamage() throws Exception {
    system("UPDATE conversation SET generation = 3");
    put(ObjectKeys.playable(home.tenant(), conversation, 2));
    String current = put(ObjectKeys.playable(home.tenant(), conversation, 3));
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isZero();
    assertThat(keys()).containsExactly(current);
  }

  @Test
  void whatIsNotOursIsLeftAloneAndCounted() throws Exception {
    List<String> foreign =
        List.of(
            put(ObjectKeys.chunk(UUID.randomUUID(), conversation, UUID.randomUUID())),
            put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()) + "-part"),
            put("t/" + home.tenant() + "/c/" + conversation + "/x/1"),
            put("t/backup.tar"),
            put("other/file"));

    assertThat(orphans(Duration.ofHours(25)).runOnce()).isZero();

    assertThat(keys()).containsExactlyInAnyOrderElementsOf(foreign);
    assertThat(counted("talkmill.objects.unknown", "shape")).isEqualTo(3);
    assertThat(counted("talkmill.objects.unknown", "tenant")).isEqualTo(1);
  }

  @Test
  void thereIsOneRoundAMinuteHoweverManyProcessesAsk() throws Exception {
    put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(1);
    put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isZero();
    nextMinute();
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(1);
  }

  @Test
  void theNextRoundGoesOnWhereTheLastPageEnded() throws Exception {
    String last = put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    system(
        "INSERT INTO sweep_lease (name, holder, lease_until, cursor) VALUES ('orphan_objects', '%s',"
                .formatted(UUID.randomUUID())
            + " '-infinity', '"
            + last
            + "')");
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isZero();
    nextMinute();
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(1);
  }

  @Test
  void aTurnThatIsOverDeletesNothingMoreAndIsRepeated() throws Exception {
    put(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    long[] now = {0};
    OrphanObjects slow =
        new OrphanObjects(
            database.database(),
            fixture.store,
            later(Duration.ofHours(25)),
            () -> now[0] += Duration.ofMinutes(1).toNanos(),
            meters);
    assertThat(slow.runOnce()).isZero();
    assertThat(keys()).hasSize(1);
    nextMinute();
    assertThat(orphans(Duration.ofHours(25)).runOnce()).isEqualTo(1);
  }

  @Test
  void anObjectThatTheStoreDoesNotDeleteKeepsNoOtherFromIt() throws Exception {
    String[] keys = new String[3];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ObjectKeys.chunk(home.tenant(), conversation, new UUID(0, i));
    }
    try (VersionedStore bucket = new VersionedStore(VersionedStore.Limit.NONE, 1_000);
        S3ObjectStore store = StoreFixture.at(bucket.endpoint(), Duration.ofSeconds(5))) {
      for (String key : keys) {
        bucket.put(key);
      }
      bucket.refuse(keys[0]);
      OrphanObjects sweep =
          new OrphanObjects(
              database.database(), store, InstantSource.system(), System::nanoTime, meters);
      assertThatThrownBy(sweep::runOnce).isInstanceOf(FailureException.class);
      nextMinute();
      assertThat(sweep.runOnce()).isEqualTo(2);
      assertThat(bucket.kept()).contains(keys[0]).doesNotContain(keys[1], keys[2]);
      nextMinute();
      assertThatThrownBy(sweep::runOnce).isInstanceOf(FailureException.class);
    }
  }

  @Test
  void whatAZombieWritesAfterAnErasureDoesNotOutliveTheGracePeriod() throws Exception {
    UUID chunk = chunk(null);
    String erasedChunk = put(ObjectKeys.chunk(home.tenant(), conversation, chunk));
    UUID kept = chunk(null);
    String keptChunk = put(ObjectKeys.chunk(home.tenant(), conversation, kept));
    UUID gone = database.conversation(home);
    String upload = put(ObjectKeys.upload(home.tenant(), gone, UUID.randomUUID()));
    EraseStep erase = new EraseStep(database.database(), fixture.store);
    try (TestWorker worker = new TestWorker(database, new FakeSummarizer(), erase).start()) {
      Erasing erasing = erasing(worker);
      assertThat(erasing.eraseChunk(home.tenant(), conversation, chunk, "test")).isTrue();
      assertThat(erasing.eraseConversation(home.tenant(), gone, "test")).isTrue();
      Await.until(this::tombstonesToErase, none -> none == 0);
      assertThat(keys()).containsExactly(keptChunk);
    }

    List<String> late =
        List.of(
            put(erasedChunk),
            put(ObjectKeys.playable(home.tenant(), conversation, 1)),
            put(upload),
            put(ObjectKeys.chunk(home.tenant(), gone, UUID.randomUUID())),
            put(ObjectKeys.playable(home.tenant(), gone, 9)));
    orphans(Duration.ofHours(25)).runOnce();

    assertThat(keys()).containsExactly(keptChunk).doesNotContainAnyElementsOf(late);
  }

  private static Erasing erasing(TestWorker worker) {
    var core = worker.core();
    return new Erasing(
        core.database(),
        core.conversations(),
        core.ledger(),
        core.clock(),
        fixture.store::callLimit);
  }

  private int tombstonesToErase() {
    return database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql("SELECT count(*) FROM tombstone WHERE erased_at IS NULL")
                .query(Integer.class)
                .single());
  }

  @Test
  void aRowWhoseObjectIsGoneIsCountedAndNothingIsMarked() throws Exception {
    String there = ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID());
    chunk(put(there));
    chunk(null);
    chunk(ObjectKeys.chunk(home.tenant(), conversation, UUID.randomUUID()));
    for (int i = 0; i < 100; i++) {
      chunk(there);
    }
    RowsWithoutObjects sweep =
        new RowsWithoutObjects(database.database(), fixture.store, System::nanoTime, meters);

    assertThat(sweep.runOnce()).isZero();
    nextMinute();
    sweep.runOnce();

    assertThat(meters.counter("talkmill.objects.missing").count()).isEqualTo(1);
    nextMinute();
    sweep.runOnce();
    nextMinute();
    sweep.runOnce();
    assertThat(meters.counter("talkmill.objects.missing").count()).isEqualTo(2);
  }

  @Test
  void aStoreThatIsAwayKeepsNoOtherSweepWaiting() {
    Aside sweep =
        new Aside(
            new OrphanObjects(
                database.database(),
                StoreFixture.at(java.net.URI.create("http://127.0.0.1:1"), Duration.ofSeconds(5)),
                InstantSource.system(),
                System::nanoTime,
                meters));
    assertThat(sweep.runOnce()).isZero();
    Throwable said =
        Await.until(
            () -> {
              try {
                sweep.runOnce();
                return null;
              } catch (RuntimeException e) {
                return e;
              }
            },
            failure -> failure != null);
    assertThat(said).hasMessageContaining("Listing objects failed");
  }

  private OrphanObjects orphans(Duration age) {
    return new OrphanObjects(
        database.database(), fixture.store, later(age), System::nanoTime, meters);
  }

  private static InstantSource later(Duration age) {
    return () -> Instant.ofEpochMilli(InstantSource.system().millis()).plus(age);
  }

  private String put(String key) throws Exception {
    fixture.putIfAbsent(key, BODY);
    return key;
  }

  private static List<String> keys() {
    return fixture.store.list("", null, 10_000).stream().map(object -> object.key()).toList();
  }

  private double counted(String name, String reason) {
    return meters.counter(name, "reason", reason).count();
  }

  private void nextMinute() {
    system("UPDATE sweep_lease SET lease_until = clock_timestamp() - interval '1 second'");
  }

  private UUID chunk(String key) {
    UUID id = UUID.randomUUID();
    system(
        """
        INSERT INTO conversation_chunk (tenant_id, id, conversation_id, source, ordinal, bytes,
          media_type, storage_key)
        VALUES ('%s', '%s', '%s', 'PORTAL_AUDIO', 1, 3, 'audio/webm', %s)
        """
            .formatted(home.tenant(), id, conversation, key == null ? "NULL" : "'" + key + "'"));
    return id;
  }

  private UUID upload(String state) {
    UUID id = UUID.randomUUID();
    system(
        """
        INSERT INTO upload (tenant_id, id, conversation_id, state, bytes, media_type, storage_key,
          multipart_id, chunk_id, expires_at)
        VALUES ('%s', '%s', '%s', '%s', 3, 'audio/webm', 'k', 'm', NULL, clock_timestamp())
        """
            .formatted(home.tenant(), id, conversation, state));
    return id;
  }

  private static void system(String statement) {
    database.database().inSystem(() -> database.database().sql().sql(statement).update());
  }
}
