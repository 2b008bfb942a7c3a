package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void whatIsAskedForIsDone() throws Exception {
    assertThat(Options.parse(List.of()).size()).isEmpty();
    Options full = Options.parse(List.of("--full", "--seed", "12"));
    assertThat(full.size()).hasValue(Size.FULL);
    assertThat(full.seed()).isEqualTo(12);
    assertThat(Options.parse(List.of("--nightly")).size()).hasValue(Size.NIGHTLY);
    assertThat(Options.parse(List.of("--mutant", "NO_FENCE")).mutants())
        .containsExactly(Mutant.NO_FENCE);
    assertThat(Options.parse(List.of("--mutants")).mutants()).containsExactly(Mutant.values());
  }

  @Test
  void whatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(() -> Options.parse(List.of("--fast"))).hasMessageContaining("--fast");
    assertThatThrownBy(() -> Options.parse(List.of("--seed"))).hasMessageContaining("--seed");
    assertThatThrownBy(() -> Options.parse(List.of("--mutant", "NONE")))
        .hasMessageContaining("EARLY_ACK");
    assertThatThrownBy(() -> Options.parse(List.of("--quick", "--readme", "README.md")))
        .hasMessageContaining("--full");
    assertThatThrownBy(() -> Options.parse(List.of("--seed", "x"))).hasMessageContaining("--seed");
  }
}
