package dev.talkmill.worker.cli;

/** The door, or the object store behind it, refused a request. */
final class DoorProblem extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  DoorProblem(int status, String code, String detail) {
    super(Plain.line(detail) + " (" + (code.isEmpty() ? "" : code + ", ") + "HTTP " + status + ")");
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  /** The stable code of the problem; empty where the answer had none. */
  String code() {
    return code;
  }
}
