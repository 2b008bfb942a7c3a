package dev.talkmill.worker;

/** Entry point of the process. */
public final class WorkerApplication {

  private WorkerApplication() {}

  public static void main(String[] args) {}
}
