package dev.talkmill.jobs.pause;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.ledger.DueSignal;
import dev.talkmill.jobs.pause.Pause.Kind;
import dev.talkmill.jobs.pause.Pauses.Answer;
import dev.talkmill.jobs.pause.Pauses.Operator;
import dev.talkmill.jobs.pause.Pauses.Resumed;
import dev.talkmill.jobs.pause.Pauses.Target;
import dev.talkmill.jobs.testing.Bench;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.pipeline.ledger.Stage;
import java.util.Map;
import java.util.UUID;

/** An operator of the installation, and what there is to pause. */
record Operating(TestDatabase database, Bench bench) {

  /** Who transcribes in {@code FakeTranscribe}. */
  static final String SPEECH = "fake-speech";

  Operator operator() {
    return new Operator("a test", bench.home().tenant(), true);
  }

  /**
   * As another process has it, which runs nothing.
   *
   * @param signal that tells the others; without, none hears of a pause
   */
  Pauses elsewhere(DueSignal signal) {
    return new Pauses(
        database.database(),
        new Holds(Map.of(Stage.TRANSCRIBE, SPEECH, Stage.PREPARE, "fake-PREPARE")),
        signal);
  }

  Target target(Kind kind, Stage stage, String provider) {
    return switch (kind) {
      case TENANT -> tenant(bench);
      case STAGE -> new Target(kind, stage.name());
      case PROVIDER -> new Target(kind, provider);
    };
  }

  static Target tenant(Bench bench) {
    return new Target(Kind.TENANT, bench.home().tenant().toString());
  }

  Pause pause(Pauses pauses, Target target) {
    return pause(pauses, target, "a test says so");
  }

  Pause pause(Pauses pauses, Target target, String reason) {
    Answer answer = pauses.pause(target, reason, operator());
    assertThat(answer).isInstanceOf(Answer.Held.class);
    return ((Answer.Held) answer).pause();
  }

  void resume(Pauses pauses, Target target) {
    assertThat(pauses.resume(target, operator())).isEqualTo(Resumed.DONE);
  }

  /** A chunk to be transcribed. */
  static UUID transcription(Bench bench) {
    UUID conversation = bench.conversation();
    return bench.only(conversation, bench.chunk(conversation), "TRANSCRIBE").id();
  }

  String state(UUID row) {
    return one("SELECT state FROM processing_status WHERE tenant_id = ? AND id = ?", row);
  }

  /** When it is due, in full precision. */
  String due(UUID row) {
    return one(
        "SELECT utc(next_attempt_at) FROM processing_status WHERE tenant_id = ? AND id = ?", row);
  }

  /** What an attempt would have raised. */
  String spent(UUID row) {
    return one(
        """
        SELECT attempts || ' attempts, ' || crash_count || ' crashes'
        FROM processing_status WHERE tenant_id = ? AND id = ?
        """,
        row);
  }

  private String one(String statement, UUID row) {
    return bench.one(statement, String.class, row);
  }
}
