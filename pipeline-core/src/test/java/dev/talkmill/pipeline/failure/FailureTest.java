package dev.talkmill.pipeline.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FailureTest {

  @Test
  void aMessageOfAnyLengthIsBoundedAndSaysThatItWasCut() {
    Failure failure = Failure.of(FailureCode.INTERNAL_ERROR, "x".repeat(1_000_000));
    assertThat(failure.message()).hasSize(Failure.MESSAGE_CHARS).endsWith("x…");
    assertThat(Failure.of(FailureCode.INTERNAL_ERROR, "y".repeat(1_000)).message())
        .isEqualTo("y".repeat(1_000));
  }

  @Test
  void aCutNeverSplitsACharacter() {
    for (String start : List.of("", "x")) {
      Failure failure = Failure.of(FailureCode.INTERNAL_ERROR, start + "🌱".repeat(1_000));
      assertThat(failure.message()).hasSizeLessThanOrEqualTo(Failure.MESSAGE_CHARS);
      assertThat(failure.message().codePoints().boxed())
          .noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
  }

  @Test
  void nulCharactersDoNotReachTheDatabase() {
    assertThat(Failure.of(FailureCode.INTERNAL_ERROR, "a\0b\0").message()).isEqualTo("ab");
  }

  @Test
  void codesAreStoredInLowerCaseWhateverTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(Stream.of(FailureCode.values()).map(FailureCode::code))
          .allMatch(code -> code.matches("[a-z_]+"))
          .doesNotHaveDuplicates();
      assertThat(Stream.of(Cause.values()).map(Cause::code))
          .containsExactly("input", "provider", "capacity", "internal", "policy");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aFailureWithoutACodeIsRefused() {
    assertThatNullPointerException().isThrownBy(() -> Failure.of(null, "why"));
  }

  @Test
  void anExceptionSaysCodeAndMessage() {
    FailureException e = FailureException.of(FailureCode.SCRATCH_FULL, "no room\0");
    assertThat(e).hasMessage("scratch_full: no room");
    assertThat(e.failure().code()).isEqualTo(FailureCode.SCRATCH_FULL);
  }
}
