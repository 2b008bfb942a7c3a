package dev.talkmill.chaos.agent;

/**
 * Places between two side effects of the worker, each the entry or the return of a method of the
 * packaged application. The worker itself knows nothing of them: {@link CrashWeaver} weaves a call
 * into the one class while it is loaded, and only in processes that were started to die there. A
 * test asks whether every place exists.
 */
public enum CrashPoint {
  /** The object is in the store, and the chunk does not say so. */
  K1("worker/s3/S3ObjectStore", "putIfAbsent", Side.RETURN),
  /** The chunk is committed, and the client has no answer. */
  K2("jobs/intake/Intake", "accept", Side.RETURN),
  /** The row is marked as dispatched in a transaction that has not saved its job. */
  K3("jobs/queue/JobServer", "replace", Side.ENTRY),
  /** The job runs, and its row is not claimed. */
  K4("jobs/ledger/Claims", "take", Side.ENTRY),
  /** The call is announced, and its provider has not been called. */
  K5("jobs/stage/ProviderCalls", "make", Side.ENTRY),
  /** The speech provider has answered, and nobody has taken note of it. */
  K6("worker/speech/OpenAiSpeechEngine", "recognize", Side.RETURN),
  /** The result of an attempt is there, and not written. */
  K7("jobs/queue/Completion", "succeed", Side.ENTRY),
  /** The result is committed, and JobRunr believes that the job runs. */
  K8("jobs/queue/Completion", "succeed", Side.RETURN),
  /** The next stage is claimed by the commit that ended the one before, and not begun. */
  K9("jobs/ledger/Claims", "keep", Side.ENTRY),
  /** A summary is claimed, and its provider has not been called. */
  K10("worker/summary/OpenAiSummarizer", "summarize", Side.ENTRY),
  /** A summary is written by its provider, and not by us. */
  K11("worker/summary/OpenAiSummarizer", "summarize", Side.RETURN),
  /** A decoder works as a child of the process. */
  K12("worker/audio/ChildProcess", "await", Side.ENTRY),
  /** The parts of an upload are in the store, and not joined. */
  K13("worker/s3/S3ObjectStore", "completeMultipart", Side.ENTRY),
  /** The first objects of a conversation are erased, and not the last. */
  K14("worker/s3/ObjectEraser", "deletePlainly", Side.RETURN);

  /** Which end of the method. */
  public enum Side {
    ENTRY,
    RETURN
  }

  /**
   * Exit codes of processes that died at a point come after this; Java and shells use none of them.
   */
  private static final int EXIT_BEFORE_FIRST = 60;

  private static final String PACKAGES = "dev/talkmill/";

  private final String type;
  private final String method;
  private final Side side;

  CrashPoint(String type, String method, Side side) {
    this.type = PACKAGES + type;
    this.method = method;
    this.side = side;
  }

  /** Internal name of the class, with slashes. */
  public String type() {
    return type;
  }

  /** Name of the method; all of this name count where there are several. */
  public String method() {
    return method;
  }

  public Side side() {
    return side;
  }

  /** How a process ends that dies here. */
  public int exitCode() {
    return EXIT_BEFORE_FIRST + Integer.parseInt(name().substring(1));
  }
}
