package dev.talkmill.worker.cli;

import java.util.List;

/** Where a conversation stands. */
record Snapshot(ConversationView conversation, List<StatusRow> rows) {

  Snapshot {
    rows = List.copyOf(rows);
  }

  /**
   * How much of the sound is transcribed, from 0 to 1: by its seconds, and before those are known
   * by the rows of speech recognition.
   */
  double transcribed() {
    double received = conversation.audioSecondsReceived();
    double bySeconds = received > 0 ? conversation.audioSecondsTranscribed() / received : 0;
    return Math.clamp(Math.max(bySeconds, byRows()), 0, 1);
  }

  private double byRows() {
    List<StatusRow> speech = rows.stream().filter(row -> row.stage().equals("TRANSCRIBE")).toList();
    double done = 0;
    for (StatusRow row : speech) {
      Double progress = row.progress();
      done += row.state().equals("COMPLETED") ? 1 : progress == null ? 0 : progress;
    }
    // A part that is not cut yet has no row, so a preparation under way counts as one more.
    long unknown =
        rows.stream().filter(row -> row.stage().equals("PREPARE")).filter(this::isOpen).count();
    return speech.isEmpty() ? 0 : done / (speech.size() + unknown);
  }

  private boolean isOpen(StatusRow row) {
    return switch (row.state()) {
      case "COMPLETED", "FAILED", "CANCELLED" -> false;
      default -> true;
    };
  }

  /** Whether work of this stage is waiting or running. */
  boolean isUnderWay(String stage) {
    return rows.stream().anyMatch(row -> row.stage().equals(stage) && isOpen(row));
  }
}
