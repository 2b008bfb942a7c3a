package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {

  @TempDir Path directory;
  private CliHarness cli;

  @BeforeEach
  void open() throws IOException {
    cli = new CliHarness(directory);
    cli.door.tell("*", Looks.waiting(), Looks.preparing(), Looks.transcribing(50), Looks.done());
  }

  @AfterEach
  void close() {
    cli.close();
  }

  @Test
  void theDemoShowsWhatCameOutOfIt() {
    assertThat(cli.run("demo")).isZero();
    assertThat(cli.out())
        .contains(
            "Sent \"Planning a picnic\" in 2 pieces",
            "Title    A picnic",
            "Summary  Two friends meet on Sunday.",
            "Outcome  ok",
            "Sound    100.0 s received, 100.0 s transcribed",
            "[0:00 - 0:02]   A: Hello Zoë.",
            "[written]       See you.",
            "TRANSCRIBE       9.0 s in 2 steps",
            "SUMMARIZE       0.07 s in 1 step",
            "dashboard is at http://localhost:8000")
        .doesNotContain(FakeDoor.KEY);
    assertThat(cli.err()).isEmpty();
  }

  @Test
  void thePiecesAreSentInOrderThroughTheDoor() {
    cli.run("demo");
    List<FakeDoor.Asked> chunks = cli.door.asked("/chunks");
    assertThat(chunks)
        .extracting(chunk -> new String(chunk.body(), StandardCharsets.UTF_8))
        .containsExactly("not really sound", "See you on Sunday.");
    assertThat(chunks)
        .extracting(chunk -> chunk.headers().get("Content-Type"))
        .containsExactly("audio/webm", "text/plain; charset=utf-8");
    assertThat(chunks)
        .extracting(chunk -> chunk.headers().get("Chunk-Sequence"))
        .containsExactly("0", "1");
    assertThat(cli.door.asked("/finish"))
        .singleElement()
        .satisfies(finish ->
            assertThat(new String(finish.body(), StandardCharsets.UTF_8))
                .isEqualTo("{\"expected_chunks\":2}"));
  }

  @Test
  void withoutATerminalEveryChangeIsALineAndNothingElseIs() {
    cli.run("demo");
    assertThat(cli.out())
        .doesNotContain("\u001b")
        .containsOnlyOnce("STORE: 1 waiting, 0 running, 0 done")
        .containsOnlyOnce("STORE: 0 waiting, 0 running, 1 done")
        .containsOnlyOnce("PREPARE: 0 waiting, 1 running, 0 done")
        .containsOnlyOnce("TRANSCRIBE: 1 waiting, 1 running, 0 done")
        .containsOnlyOnce("TRANSCRIBE: 0 waiting, 0 running, 2 done");
  }

  @Test
  void onATerminalATableIsDrawnOver() {
    cli.live = true;
    cli.colour = true;
    cli.run("demo");
    assertThat(cli.out())
        .contains("\u001b[7A\r\u001b[J", "\u001b[33m      1 \u001b[0m")
        .contains("  Stage        waiting running   done failed      time")
        .doesNotContain("1 waiting,");
  }

  @Test
  void onATerminalWithoutColoursNoneAreUsed() {
    cli.live = true;
    cli.run("demo");
    assertThat(cli.out()).contains("\u001b[7A").doesNotContain("\u001b[33m", "\u001b[1m");
  }

  @Test
  void aRetryIsShownWhileItWaits() {
    cli.door.tell("*", Looks.retrying(), Looks.retrying(), Looks.done());
    cli.run("demo");
    assertThat(cli.out())
        .containsOnlyOnce("TRANSCRIBE failed (provider_timeout) and will be tried again");
  }

  @Test
  void rowsAreReadFromEveryPage() {
    cli.door.pages = true;
    assertThat(cli.run("demo")).isZero();
    assertThat(cli.out()).contains("TRANSCRIBE       9.0 s in 2 steps");
    assertThat(cli.door.asked("/processing-status"))
        .extracting(FakeDoor.Asked::query)
        .contains("cursor=5");
  }

  @Test
  void theWorkerIsStoppedAndItsDataRemoved() {
    cli.run("demo");
    assertThat(cli.closed).containsExactly("in peace");
    assertThat(cli.dataDirectory().getParent()).doesNotExist();
  }

  @Test
  void itRunsOnFreePortsAndADirectoryOfItsOwn() {
    cli.run("demo");
    var environment = cli.started.getFirst();
    assertThat(environment.getProperty("talkmill.http-port")).isEqualTo("0");
    assertThat(environment.getProperty("talkmill.management-port")).isEqualTo("0");
    assertThat(environment.getProperty("talkmill.dashboard-port")).isEqualTo("0");
    assertThat(cli.dataDirectory()).isAbsolute();
  }

  @Test
  void aRecordingThatFailedIsExplainedAndFailsTheCommand() {
    cli.door.tell("*", Looks.waiting(), Looks.partial());
    assertThat(cli.run("demo")).isEqualTo(1);
    assertThat(cli.out())
        .contains("only a part of it could be transcribed", "Missing: 1:00 to 1:40");
  }

  @Test
  void aDoorThatRefusesEndsTheDemoWithItsReason() {
    cli.door.refuse("/v1/projects", 403, "forbidden", 1);
    assertThat(cli.run("demo")).isEqualTo(1);
    assertThat(cli.err()).isEqualTo("talkmill: It was refused. (forbidden, HTTP 403)\n");
    assertThat(cli.closed).containsExactly("in peace");
  }
}
