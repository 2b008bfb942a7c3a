package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jobrunr.dashboard.JobRunrStaticFileHandler;
import org.jobrunr.dashboard.server.AbstractHttpExchangeHandler;

/**
 * JobRunr's page with a line that says what its two buttons mean here, and its scripts and styles
 * as they are.
 */
final class Pages extends AbstractHttpExchangeHandler {

  static final String MEANING =
      "Requeue runs the work now with fresh attempts. Delete removes the job, never the work:"
          + " Talkmill will schedule it again. What has failed for good stays failed until it is"
          + " requeued.";

  private static final String INDEX = "org/jobrunr/dashboard/frontend/build/index.html";
  private static final String ROOT = "<div id=\"root\"></div>";
  private static final String TITLE = "<title>JobRunr</title>";

  private static final String NOTICE =
      """
      <style>body { padding-bottom: 3rem }</style>
      <p role="note" style="position: fixed; bottom: 0; left: 0; right: 0; z-index: 2000; margin: 0;\
       padding: .5rem 1rem; font: 14px/1.4 sans-serif; color: #333; background: #fff8e1;\
       border-top: 1px solid #e0c97f">%s</p>
      """
          .formatted(MEANING);

  private static final Pattern FILE = Pattern.compile("/dashboard(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+");
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final JobRunrStaticFileHandler files = new JobRunrStaticFileHandler();
  private final String page;

  Pages() {
    this.page = page();
  }

  private static String page() {
    try (InputStream in =
        JobRunrStaticFileHandler.class.getClassLoader().getResourceAsStream(INDEX)) {
      String found = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      if (!found.contains(ROOT) || !found.contains(TITLE)) {
        throw new IllegalStateException("JobRunr's dashboard page is not the one that is known.");
      }
      return found.replace(TITLE, "<title>Talkmill jobs</title>").replace(ROOT, NOTICE + ROOT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String getContextPath() {
    return files.getContextPath();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (!exchange.getRequestMethod().equals("GET")) {
      exchange.sendResponseHeaders(NOT_FOUND, -1);
    } else if (!path.substring(path.lastIndexOf('/')).contains(".")) {
      sendPage(exchange);
    } else if (FILE.matcher(path).matches()) {
      files.handle(exchange);
    } else {
      exchange.sendResponseHeaders(NOT_FOUND, -1);
    }
  }

  private void sendPage(HttpExchange exchange) throws IOException {
    String nonce = UUID.randomUUID().toString();
    Headers answer = exchange.getResponseHeaders();
    answer.set("Content-Type", "text/html; charset=utf-8");
    answer.set("Cache-Control", "no-store");
    answer.set("Content-Security-Policy", policy(nonce));
    byte[] body = page.replace("%CSP_NONCE%", nonce).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(OK, body.length);
    exchange.getResponseBody().write(body);
  }

  /** The page makes its styles at run time, and asks for nothing outside of this server. */
  private static String policy(String nonce) {
    return "default-src 'none'; script-src 'nonce-"
        + nonce
        + "' 'strict-dynamic'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        + " font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none';"
        + " form-action 'none'; frame-ancestors 'none'";
  }
}
