package dev.talkmill.worker.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import dev.talkmill.jobs.intake.NewText;
import dev.talkmill.jobs.testing.Await;
import dev.talkmill.jobs.testing.FakeSummarizer;
import dev.talkmill.jobs.testing.Seen;
import dev.talkmill.jobs.testing.TestDatabase;
import dev.talkmill.jobs.testing.TestDatabase.Home;
import dev.talkmill.jobs.testing.TestWorker;
import dev.talkmill.pipeline.failure.Failure;
import dev.talkmill.pipeline.failure.FailureCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QuietLogsTest {

  private static final String CANARY = "canary words that somebody said";

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level level = root.getLevel();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          StringBuilder line = new StringBuilder();
          line.append(event.getLoggerName()).append(' ').append(event.getFormattedMessage());
          for (IThrowableProxy t = event.getThrowableProxy(); t != null; t = t.getCause()) {
            line.append(" | ").append(t.getClassName()).append(": ").append(t.getMessage());
          }
          lines.add(line.append(event.getMDCPropertyMap()).toString());
        }
      };
  private final KnownFailures known = new KnownFailures();

  @BeforeEach
  void listen() {
    appender.setContext(context);
    appender.start();
    root.addAppender(appender);
    root.setLevel(Level.DEBUG);
    known.start();
    context.addTurboFilter(known);
  }

  @AfterEach
  void stopListening() {
    context.getTurboFilterList().remove(known);
    root.setLevel(level);
    root.detachAppender(appender);
  }

  @Test
  void whatWasSaidReachesNoLogAndAFailureIsSaidOnce() {
    try (TestDatabase database = TestDatabase.fresh()) {
      FakeSummarizer summarizer = new FakeSummarizer();
      summarizer.failNext(Failure.of(FailureCode.PROVIDER_UNAVAILABLE, "503 from the model"));
      summarizer.failNext(Failure.of(FailureCode.PROVIDER_REJECTED, "no such model"));
      try (TestWorker worker = new TestWorker(database, summarizer).start()) {
        Home home = database.home();
        UUID conversation = database.conversation(home);
        worker
            .core()
            .intake()
            .accept(
                new NewText(home.tenant(), conversation, null, null, CANARY, "0".repeat(64), null));
        worker.core().steering().finish(home.tenant(), conversation, null);
        Seen seen = new Seen(database.database(), home);
        assertThat(seen.settled(conversation).outcome()).isEqualTo("partial");
        Await.until(
            () -> jobsThatFailed(database), failed -> failed == 1); // JobRunr has spoken, too.
      }
    }
    assertThat(lines).isNotEmpty().noneMatch(line -> line.contains(CANARY));
    assertThat(lines.stream().filter(line -> line.contains("no such model")).toList())
        .singleElement()
        .asString()
        .startsWith("dev.talkmill.jobs.queue.AttemptFailures SUMMARIZE failed: provider_rejected");
  }

  private static long jobsThatFailed(TestDatabase database) {
    return database
        .database()
        .inSystem(() ->
            database
                .database()
                .sql()
                .sql("SELECT count(*) FROM jobrunr.jobrunr_jobs WHERE state = 'FAILED'")
                .query(Long.class)
                .single());
  }
}
