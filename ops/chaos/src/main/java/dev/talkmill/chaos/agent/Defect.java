package dev.talkmill.chaos.agent;

/** A mistake that is woven into a worker to see whether a run notices it. */
public enum Defect {
  /** Writes that end a row do not ask whether it is still theirs. */
  NO_FENCE(
      "jobs/ledger/FencedWrites",
      "AND epoch = :epoch AND state || '' = 'PROCESSING'",
      "AND CAST(:epoch AS bigint) >= 0");

  private static final String PACKAGES = "dev/talkmill/";

  private final String type;
  private final String right;
  private final String wrong;

  Defect(String type, String right, String wrong) {
    this.type = PACKAGES + type;
    this.right = right;
    this.wrong = wrong;
  }

  /** Internal name of the class, with slashes. */
  public String type() {
    return type;
  }

  /** The text with the mistake in it, wherever it belongs. */
  String in(String text) {
    return text.replace(right, wrong);
  }
}
