package dev.talkmill.worker.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Drops what JobRunr says of a failed attempt that the ledger has logged already, with its reason
 * and what comes next. Everything else that JobRunr's workers say stays.
 */
public final class KnownFailures extends TurboFilter {

  private static final String PERFORMER = "org.jobrunr.server.BackgroundJobPerformer";
  private static final String KNOWN = "dev.talkmill.jobs.queue.AttemptFailedException";

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      @Nullable Object @Nullable [] params,
      @Nullable Throwable t) {
    return logger.getName().equals(PERFORMER) && isKnown(params, t)
        ? FilterReply.DENY
        : FilterReply.NEUTRAL;
  }

  /** SLF4J's facade hands a last argument on as one of the parameters. */
  private static boolean isKnown(@Nullable Object @Nullable [] params, @Nullable Throwable t) {
    if (t != null) {
      return t.getClass().getName().equals(KNOWN);
    }
    Object last = params == null || params.length == 0 ? null : params[params.length - 1];
    return last != null && last.getClass().getName().equals(KNOWN);
  }
}
