package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {

  @Test
  void whatIsAskedForIsDone() throws Exception {
    assertThat(Options.parse(List.of()).size()).isEqualTo(Size.QUICK);
    Options full = Options.parse(List.of("--full", "--seed", "12"));
    assertThat(full.size()).isEqualTo(Size.FULL);
    assertThat(full.seed()).isEqualTo(12);
    assertThat(Options.parse(List.of("--nightly")).size()).isEqualTo(Size.NIGHTLY);
  }

  @Test
  void whatIsNotUnderstoodIsNamed() {
    assertThatThrownBy(() -> Options.parse(List.of("--fast"))).hasMessageContaining("--fast");
    assertThatThrownBy(() -> Options.parse(List.of("--seed"))).hasMessageContaining("--seed");
    assertThatThrownBy(() -> Options.parse(List.of("--seed", "x"))).hasMessageContaining("--seed");
  }
}
