package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request passes: the host it names, the password, and for whatever changes something
 * the page it comes from. What was done is logged and handed to the audit hook.
 */
final class Guard extends Filter {

  private static final Logger log = LoggerFactory.getLogger(Guard.class);

  private static final Set<String> METHODS = Set.of("GET", "POST", "DELETE");
  private static final int PATH_CHARS_MAX = 200;
  private static final int NO_ANSWER = -1;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int METHOD_NOT_ALLOWED = 405;

  private final Login login;
  private final Consumer<String> audit;

  Guard(Login login, Consumer<String> audit) {
    this.login = login;
    this.audit = audit;
  }

  private record Refusal(int status, String sentence) {}

  @Override
  public String description() {
    return "host, password and origin";
  }

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    protect(exchange.getResponseHeaders());
    Refusal refusal = refusal(exchange);
    if (refusal != null) {
      refuse(exchange, refusal);
      return;
    }
    if (isSafe(exchange)) {
      chain.doFilter(exchange);
      return;
    }
    try {
      chain.doFilter(exchange);
    } finally {
      record(exchange);
    }
  }

  private @Nullable Refusal refusal(HttpExchange exchange) {
    Headers request = exchange.getRequestHeaders();
    if (!SameOrigin.namesThisHost(request)) {
      return new Refusal(
          FORBIDDEN, "The dashboard answers only to the host names localhost and 127.0.0.1.");
    }
    if (!login.opens(request)) {
      return new Refusal(UNAUTHORIZED, "The dashboard needs its user name and password.");
    }
    if (!isSafe(exchange) && !SameOrigin.holds(request)) {
      return new Refusal(
          FORBIDDEN,
          "Only the dashboard's own page may change something, not one of another site.");
    }
    if (!METHODS.contains(exchange.getRequestMethod())) {
      return new Refusal(METHOD_NOT_ALLOWED, "The dashboard knows only GET, POST and DELETE.");
    }
    return null;
  }

  private static boolean isSafe(HttpExchange exchange) {
    return exchange.getRequestMethod().equals("GET");
  }

  private static void protect(Headers answer) {
    answer.set("X-Frame-Options", "DENY");
    answer.set("X-Content-Type-Options", "nosniff");
    answer.set("Referrer-Policy", "same-origin");
    answer.set("Cross-Origin-Resource-Policy", "same-origin");
    answer.set("Cross-Origin-Opener-Policy", "same-origin");
    answer.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  }

  private static void refuse(HttpExchange exchange, Refusal refusal) throws IOException {
    byte[] sentence = refusal.sentence().getBytes(StandardCharsets.UTF_8);
    Headers answer = exchange.getResponseHeaders();
    answer.set("Content-Type", "text/plain; charset=utf-8");
    answer.set("Cache-Control", "no-store");
    if (refusal.status() == UNAUTHORIZED) {
      answer.set("WWW-Authenticate", "Basic realm=\"Talkmill jobs\", charset=\"UTF-8\"");
    } else {
      log.warn("dashboard refused a request: {}", refusal.sentence());
    }
    try (exchange) {
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(refusal.status(), head ? -1 : sentence.length);
      if (!head) {
        exchange.getResponseBody().write(sentence);
      }
    }
  }

  private void record(HttpExchange exchange) {
    int status = exchange.getResponseCode();
    String action =
        "%s %s by %s: %s"
            .formatted(
                exchange.getRequestMethod(),
                printable(exchange.getRequestURI().getPath()),
                login.username(),
                status == NO_ANSWER ? "no answer" : String.valueOf(status));
    log.info("dashboard: {}", action);
    audit.accept(action);
  }

  /** A path is the client's: it must not forge lines of a log. */
  private static String printable(@Nullable String path) {
    String clean = path == null ? "" : path.replaceAll("[^A-Za-z0-9/._-]", "?");
    return clean.substring(0, Math.min(clean.length(), PATH_CHARS_MAX));
  }
}
