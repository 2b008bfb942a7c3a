package dev.talkmill.jobs.journey;

import dev.talkmill.jobs.postgres.Pools.Address;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestWorker;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A worker process to be killed. Its database is named on its input, so that no one else sees. */
final class Victim {

  /** What a summary takes, so that kills find work under way. */
  private static final Duration SUMMARY = Duration.ofMillis(20);

  private Victim() {}

  public static void main(String[] args) throws IOException {
    DataInputStream input = new DataInputStream(System.in);
    TestDatabase database =
        TestDatabase.at(new Address(input.readUTF(), input.readUTF(), input.readUTF()));
    FakeSummarizer summarizer = new FakeSummarizer();
    summarizer.during(() -> LockSupport.parkNanos(SUMMARY.toNanos()));
    new TestWorker(database, summarizer).start();
    while (input.read() >= 0) {
      // Lives until it is killed, or until its parent is gone.
    }
    Runtime.getRuntime().halt(1);
  }
}
