package dev.talkmill.worker.http;

import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what the connector refused before any servlet saw it, such as a broken request line.
 * Public with a public constructor, because the server makes it by name.
 */
public final class ProblemValve extends ErrorReportValve {

  private static final Logger log = LoggerFactory.getLogger(ProblemValve.class);

  private final ProblemWriter writer = new ProblemWriter();

  @Override
  protected void report(Request request, Response response, @Nullable Throwable throwable) {
    int status = response.getStatus();
    if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
      return;
    }
    try {
      writer.write(writer.ofStatus(status), request, response.getResponse());
    } catch (IOException e) {
      log.debug("a refusal could not be told: {}", e.toString());
    }
  }
}
