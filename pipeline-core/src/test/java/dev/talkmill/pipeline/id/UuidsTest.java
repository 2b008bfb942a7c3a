package dev.talkmill.pipeline.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UuidsTest {

  /** RFC 9562, section 6.6: the namespace of fully qualified domain names. */
  private static final UUID DNS = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

  @Test
  void aNameGivesTheIdOfTheStandardsExample() {
    // RFC 9562, appendix A.4.
    assertThat(Uuids.v5(DNS, "www.example.com"))
        .isEqualTo(UUID.fromString("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
  }

  @Test
  void namesAndNamespacesKeepIdsApart() {
    UUID row = UUID.randomUUID();
    assertThat(Uuids.v5(row, "epoch:1")).isEqualTo(Uuids.v5(row, "epoch:1"));
    assertThat(Uuids.v5(row, "epoch:1")).isNotEqualTo(Uuids.v5(row, "epoch:11"));
    assertThat(Uuids.v5(row, "epoch:1")).isNotEqualTo(Uuids.v5(DNS, "epoch:1"));
    assertThat(Uuids.v5(row, "größe 🌱").version()).isEqualTo(5);
  }

  @Test
  void versionAndVariantAreSet() {
    for (int i = 0; i < 1_000; i++) {
      UUID seven = Uuids.v7(InstantSource.system());
      UUID five = Uuids.v5(seven, "n" + i);
      assertThat(seven.version()).isEqualTo(7);
      assertThat(five.version()).isEqualTo(5);
      assertThat(seven.variant()).isEqualTo(2);
      assertThat(five.variant()).isEqualTo(2);
    }
  }

  @Test
  void anIdCarriesItsMillisecondInTheFirst48Bits() {
    // RFC 9562, appendix A.6: 2022-02-22T19:22:22Z is 0x017F22E279B0.
    UUID id = Uuids.v7(InstantSource.fixed(Instant.parse("2022-02-22T19:22:22Z")));
    assertThat(id.toString()).startsWith("017f22e2-79b0-7");
  }

  @Test
  void laterIdsSortBehindEarlierOnes() {
    String before = "";
    for (long millis = 0; millis < 1L << 47; millis += (1L << 47) / 999) {
      String id = Uuids.v7(InstantSource.fixed(Instant.ofEpochMilli(millis))).toString();
      assertThat(id).isGreaterThan(before);
      before = id;
    }
  }

  @Test
  void idsOfOneMillisecondDiffer() {
    InstantSource clock = InstantSource.fixed(Instant.EPOCH);
    Set<UUID> ids = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(Uuids.v7(clock));
    }
    assertThat(ids).hasSize(10_000);
  }
}
