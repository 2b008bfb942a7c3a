package dev.talkmill.worker.http;

import java.io.CharArrayWriter;
import org.apache.catalina.valves.AbstractAccessLogValve;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line a request: method, path without its query, status, bytes, milliseconds and request id.
 * Queries and headers may hold secrets and are never written.
 */
final class AccessLog extends AbstractAccessLogValve {

  private static final Logger log = LoggerFactory.getLogger("dev.talkmill.access");
  private static final String PATTERN =
      "%m %U %s bytes=%b ms=%{ms}T request=%{" + DoorFilter.REQUEST_ID + "}o";

  AccessLog() {
    setPattern(PATTERN);
    setEnabled(true);
    setAsyncSupported(true);
  }

  @Override
  protected void log(CharArrayWriter message) {
    log.info("{}", message);
  }
}
