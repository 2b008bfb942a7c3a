package dev.talkmill.worker.dashboard;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells the dashboard's own page from others. A browser sends the stored password along with a
 * request that any page makes, but it cannot be made to lie about where the request comes from.
 */
final class SameOrigin {

  /** A tunnel may end at the other loopback address, and at another port. */
  private static final Pattern LOCAL =
      Pattern.compile(
          "(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?", Pattern.CASE_INSENSITIVE);

  private SameOrigin() {}

  /**
   * Whether the request was sent to this machine by name. A page whose own host name was made to
   * point here (DNS rebinding) names another host.
   */
  static boolean namesThisHost(Headers request) {
    List<String> hosts = request.getOrDefault("Host", List.of());
    return hosts.size() == 1 && LOCAL.matcher(hosts.getFirst()).matches();
  }

  /**
   * Whether nothing in the request says that it comes from a page of another origin. A client that
   * is not a browser says nothing of the kind.
   */
  static boolean holds(Headers request) {
    String host = request.getOrDefault("Host", List.of("")).getFirst().toLowerCase(Locale.ROOT);
    return request.getOrDefault("Sec-Fetch-Site", List.of()).stream()
            .allMatch(site -> site.equals("same-origin") || site.equals("none"))
        && request.getOrDefault("Origin", List.of()).stream()
            .allMatch(origin -> isOf(host, origin + "/"))
        && request.getOrDefault("Referer", List.of()).stream()
            .allMatch(referer -> isOf(host, referer + "/"));
  }

  private static boolean isOf(String host, String url) {
    String lower = url.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://" + host + "/") || lower.startsWith("https://" + host + "/");
  }
}
