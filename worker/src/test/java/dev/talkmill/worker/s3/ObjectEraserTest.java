package dev.talkmill.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.worker.s3.VersionedStore.Limit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ObjectEraserTest {

  private static final int PAGE = 3;

  private VersionedStore bucket;
  private S3ObjectStore store;

  @AfterEach
  void stop() {
    if (bucket != null) {
      store.close();
      bucket.close();
    }
  }

  @Test
  void everyVersionAndMarkerBelowAPrefixGoesHoweverManyPages() throws Exception {
    start(Limit.NONE);
    for (int i = 0; i < 10; i++) {
      bucket.put("a/" + i % 4);
    }
    bucket.hide("a/1");
    bucket.hide("a/gone");
    bucket.put("b/other");
    AtomicInteger asked = new AtomicInteger();

    assertThat(store.deleteAll("a/", asked::incrementAndGet)).isEqualTo(10);

    assertThat(bucket.kept()).containsExactly("b/other");
    assertThat(asked).hasValue(12);
    assertThat(store.deleteAll("a/", asked::incrementAndGet)).isZero();
  }

  @Test
  void aSingleObjectGoesWithItsVersionsAndALongerKeyStays() throws Exception {
    start(Limit.NONE);
    bucket.put("a/1");
    bucket.hide("a/1");
    bucket.put("a/1");
    bucket.put("a/1-part");
    store.delete("a/1");
    assertThat(bucket.kept()).containsExactly("a/1-part");
    store.delete("a/1");
    assertThat(bucket.kept()).containsExactly("a/1-part");
  }

  @ParameterizedTest
  @EnumSource(names = {"LISTING_DENIED", "DELETING_DENIED", "NOT_IMPLEMENTED", "VERSIONS_IGNORED"})
  void whereVersionsCanNotBeSeenOrDeletedTheObjectsAreAtLeastHidden(Limit limit) throws Exception {
    start(limit);
    bucket.put("a/1");
    bucket.put("a/2");
    bucket.put("b/3");
    assertThat(store.deleteAll("a/", () -> {})).isEqualTo(2);
    assertThat(store.list("a/", null, 10)).isEmpty();
    store.delete("b/3");
    assertThat(store.list("", null, 10)).isEmpty();
    assertThat(bucket.kept()).containsExactly("-a/1", "-a/2", "-b/3", "a/1", "a/2", "b/3");
  }

  @Test
  void aStoreThatKnowsNoVersionsIsNotAskedAgain() throws Exception {
    start(Limit.NOT_IMPLEMENTED);
    store.delete("a/1");
    store.deleteAll("a/", () -> {});
    store.delete("a/2");
    assertThat(bucket.listingsOfVersions()).isEqualTo(1);
  }

  @Test
  void anotherRefusalIsNotTakenForAPolicyAndNothingIsHiddenInsteadOfErased() throws Exception {
    start(Limit.CLOCK_SKEWED);
    bucket.put("a/1");
    for (Runnable call :
        new Runnable[] {() -> store.delete("a/1"), () -> store.deleteAll("a/", () -> {})}) {
      assertThatThrownBy(call::run)
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failure().code()).isEqualTo(FailureCode.STORAGE_UNAVAILABLE));
    }
    assertThat(bucket.kept()).containsExactly("a/1");
  }

  @Test
  void whoLosesItsClaimMeanwhileDeletesNothingMore() throws Exception {
    start(Limit.NONE);
    bucket.put("a/1");
    bucket.put("a/2");
    AtomicInteger asked = new AtomicInteger();
    assertThatThrownBy(() ->
            store.deleteAll(
                "a/",
                () -> {
                  if (asked.incrementAndGet() == 2) {
                    throw new IllegalStateException("lost");
                  }
                }))
        .hasMessage("lost");
    assertThat(bucket.kept()).containsExactly("a/2");
  }

  @Test
  void theEmbeddedStoreIsEmptiedByPrefixToo(@TempDir Path directory) throws Exception {
    try (StoreFixture fixture = new StoreFixture(directory)) {
      for (String key : new String[] {"a/1", "a/2", "b/3"}) {
        fixture.putIfAbsent(key, new byte[] {1});
      }
      assertThat(fixture.store.deleteAll("a/", () -> {})).isEqualTo(2);
      assertThat(fixture.store.list("", null, 10)).hasSize(1);
    }
  }

  private void start(Limit limit) throws IOException {
    bucket = new VersionedStore(limit, PAGE);
    store = StoreFixture.at(bucket.endpoint(), Duration.ofSeconds(10));
  }
}
