package dev.talkmill.worker.cli;

import dev.talkmill.worker.cli.FakeDoor.Look;
import java.util.List;

/** What conversations look like on their way. */
final class Looks {

  private Looks() {}

  static Look waiting() {
    return new Look(conversation("null", 0, 0, ""), List.of(row("1", "STORE", "PENDING", "")));
  }

  static Look preparing() {
    return new Look(
        conversation("null", 0, 0, ""),
        List.of(
            row("1", "STORE", "COMPLETED", ",\"duration_ms\":200"),
            row("2", "PREPARE", "PROCESSING", "")));
  }

  static Look transcribing(double done) {
    return new Look(
        conversation("null", 100, done, ""),
        List.of(
            row("1", "STORE", "COMPLETED", ",\"duration_ms\":200"),
            row("2", "PREPARE", "COMPLETED", ",\"duration_ms\":300"),
            row("3", "TRANSCRIBE", "PROCESSING", ",\"progress\":0.1"),
            row("4", "TRANSCRIBE", "QUEUED", "")));
  }

  static Look retrying() {
    return new Look(
        conversation("null", 100, 0, ""),
        List.of(
            row(
                "3",
                "TRANSCRIBE",
                "PENDING",
                ",\"error_code\":\"provider_timeout\",\"cause\":\"provider\""
                    + ",\"next_attempt_at\":\"2026-11-20T12:00:00Z\"")));
  }

  static Look done() {
    return new Look(
        conversation("\"ok\"", 100, 100, ""),
        List.of(
            row("1", "STORE", "COMPLETED", ",\"duration_ms\":200"),
            row("2", "PREPARE", "COMPLETED", ",\"duration_ms\":300"),
            row("3", "TRANSCRIBE", "COMPLETED", ",\"duration_ms\":4000"),
            row("4", "TRANSCRIBE", "COMPLETED", ",\"duration_ms\":5000"),
            row("5", "AGGREGATE", "COMPLETED", ",\"duration_ms\":30"),
            row("6", "SUMMARIZE", "COMPLETED", ",\"duration_ms\":70")));
  }

  static Look noSpeech() {
    return new Look(
        conversation("\"no_speech\"", 30, 30, ""), List.of(row("1", "STORE", "COMPLETED", "")));
  }

  static Look partial() {
    return new Look(
        conversation(
            "\"partial\"", 100, 60, "{\"start\":60.0,\"end\":100.0,\"cause\":\"provider\"}"),
        List.of(
            row(
                "3",
                "TRANSCRIBE",
                "FAILED",
                ",\"error_code\":\"provider_timeout\",\"cause\":\"provider\""
                    + ",\"error_message\":\"no answer in 60 s\"")));
  }

  static Look failed() {
    return new Look(
        conversation("\"failed\"", 0, 0, "{\"start\":0.0,\"end\":0.0,\"cause\":\"input\"}"),
        List.of(
            row(
                "2",
                "PREPARE",
                "FAILED",
                ",\"error_code\":\"unsupported_format\",\"cause\":\"input\""
                    + ",\"error_message\":\"this is a playlist\"")));
  }

  private static String conversation(
      String outcome, double received, double transcribed, String gaps) {
    return """
    {"id":"@id","project_id":"p1","title":"A picnic","summary":"Two friends meet on Sunday.",
     "state":"processing","outcome":%s,"is_finished":true,"is_all_chunks_transcribed":false,
     "generation":3,"transcript_generation":0,"summary_generation":0,
     "audio_seconds_received":%s,"audio_seconds_transcribed":%s,"gaps":[%s],
     "chunks":{"total":1,"open":1,"transcribed":0,"no_speech":0,"failed":0},
     "created_at":"2026-11-20T12:00:00Z","updated_at":"2026-11-20T12:00:00Z"}
    """
        .formatted(outcome, received, transcribed, gaps);
  }

  private static String row(String id, String stage, String state, String more) {
    return """
    {"id":"%s","stage":"%s","subject_id":"k","generation":1,"state":"%s","attempts":1,
     "started_at":"2026-11-20T12:00:00Z","finished_at":null%s}
    """
        .formatted(id, stage, state, more);
  }
}
