package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends every exchange that a handler of JobRunr has left open, apart from the event streams that
 * shall stay open: an abandoned one would keep its connection for ever.
 */
final class Mounted implements HttpHandler {

  private static final Logger log = LoggerFactory.getLogger(Mounted.class);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int NO_ANSWER = -1;

  private final HttpHandler handler;

  Mounted(HttpHandler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    boolean ended = false;
    try {
      handler.handle(exchange);
      ended = isStream(exchange);
    } catch (RuntimeException e) {
      // What JobRunr cannot make sense of, such as an id that is none.
      log.debug("a dashboard request failed: {}", e.toString());
      if (exchange.getResponseCode() == NO_ANSWER) {
        exchange.sendResponseHeaders(NOT_FOUND, -1);
      }
    } finally {
      if (!ended) {
        exchange.close();
      }
    }
  }

  private static boolean isStream(HttpExchange exchange) {
    return exchange.getResponseCode() == OK
        && "text/event-stream".equals(exchange.getResponseHeaders().getFirst("Content-Type"));
  }
}
