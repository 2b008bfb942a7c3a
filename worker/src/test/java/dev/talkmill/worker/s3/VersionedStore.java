package dev.talkmill.worker.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A bucket with versioning as Amazon S3 has it, as far as deleting and listing go: what is deleted
 * without a version's id is hidden behind a marker, and its bytes stay.
 */
final class VersionedStore implements AutoCloseable {

  private static final String BUCKET_PATH = "/" + StoreFixture.BUCKET;

  /** What a policy may deny, or a store may not know or ignore. */
  enum Limit {
    NONE,
    LISTING_DENIED,
    DELETING_DENIED,
    NOT_IMPLEMENTED,
    VERSIONS_IGNORED,
    CLOCK_SKEWED
  }

  private record Version(String key, String id, boolean marker) {}

  private final HttpServer server;
  private final Limit limit;
  private final int pageMax;
  private final List<Version> versions = new ArrayList<>();
  private String refused = "";
  private int count;
  private int listings;

  VersionedStore(Limit limit, int pageMax) throws IOException {
    this.limit = limit;
    this.pageMax = pageMax;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Writes a new version of an object. */
  synchronized void put(String key) {
    versions.add(new Version(key, "v" + ++count, false));
  }

  /** Hides an object as a plain deletion does. */
  synchronized void hide(String key) {
    versions.add(new Version(key, "v" + ++count, true));
  }

  /** Deletions of this key are answered 403 from now on. */
  synchronized void refuse(String key) {
    refused = key;
  }

  /** Keys of everything that is kept, of markers with a prefixed minus. */
  synchronized List<String> kept() {
    return versions.stream().map(v -> (v.marker() ? "-" : "") + v.key()).sorted().toList();
  }

  synchronized int listingsOfVersions() {
    return listings;
  }

  private synchronized void handle(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    Map<String, String> query = query(exchange.getRequestURI());
    String path = exchange.getRequestURI().getPath();
    String key =
        path.length() > BUCKET_PATH.length() ? path.substring(BUCKET_PATH.length() + 1) : "";
    switch (exchange.getRequestMethod()) {
      case "GET" -> list(exchange, query);
      case "HEAD" -> head(exchange, key);
      case "DELETE" -> delete(exchange, key, Optional.ofNullable(query.get("versionId")));
      default -> answer(exchange, 400, "");
    }
  }

  private void list(HttpExchange exchange, Map<String, String> query) throws IOException {
    String prefix = query.getOrDefault("prefix", "");
    boolean wantsVersions = query.containsKey("versions");
    listings += wantsVersions ? 1 : 0;
    if (wantsVersions && limit == Limit.LISTING_DENIED) {
      error(exchange, 403, "AccessDenied");
    } else if (wantsVersions && limit == Limit.CLOCK_SKEWED) {
      error(exchange, 403, "RequestTimeTooSkewed");
    } else if (wantsVersions && limit == Limit.NOT_IMPLEMENTED) {
      error(exchange, 501, "NotImplemented");
    } else if (wantsVersions && limit != Limit.VERSIONS_IGNORED) {
      listVersions(exchange, prefix);
    } else {
      listObjects(exchange, prefix);
    }
  }

  private void listVersions(HttpExchange exchange, String prefix) throws IOException {
    List<Version> found =
        versions.stream()
            .filter(version -> version.key().startsWith(prefix))
            .sorted(Comparator.comparing(Version::key))
            .toList();
    String entries =
        found.stream().limit(pageMax).map(VersionedStore::entry).collect(Collectors.joining());
    answer(
        exchange,
        200,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name>\
        <Prefix>%s</Prefix><MaxKeys>%d</MaxKeys><IsTruncated>%s</IsTruncated>%s\
        </ListVersionsResult>\
        """
            .formatted(StoreFixture.BUCKET, prefix, pageMax, found.size() > pageMax, entries));
  }

  private static String entry(Version version) {
    String name = version.marker() ? "DeleteMarker" : "Version";
    return """
    <%s><Key>%s</Key><VersionId>%s</VersionId><IsLatest>true</IsLatest>\
    <LastModified>2026-01-01T00:00:00.000Z</LastModified></%s>\
    """
        .formatted(name, version.key(), version.id(), name);
  }

  private void listObjects(HttpExchange exchange, String prefix) throws IOException {
    String entries =
        versions.stream()
            .map(Version::key)
            .distinct()
            .filter(key -> key.startsWith(prefix) && isVisible(key))
            .sorted()
            .limit(pageMax)
            .map(
                """
                <Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
                <Size>1</Size></Contents>\
                """
                    ::formatted)
            .collect(Collectors.joining());
    answer(
        exchange,
        200,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>%s</Name>\
        <IsTruncated>false</IsTruncated>%s</ListBucketResult>\
        """
            .formatted(StoreFixture.BUCKET, entries));
  }

  private boolean isVisible(String key) {
    List<Version> all = versions.stream().filter(version -> version.key().equals(key)).toList();
    return !all.isEmpty() && !all.getLast().marker();
  }

  private void head(HttpExchange exchange, String key) throws IOException {
    boolean there = isVisible(key);
    if (there) {
      exchange.getResponseHeaders().add("Content-Length", "1");
      exchange.getResponseHeaders().add("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
    }
    exchange.sendResponseHeaders(there ? 200 : 404, -1);
    exchange.close();
  }

  private void delete(HttpExchange exchange, String key, Optional<String> id) throws IOException {
    if (key.equals(refused) || (id.isPresent() && limit == Limit.DELETING_DENIED)) {
      error(exchange, 403, "AccessDenied");
      return;
    }
    if (id.isPresent()) {
      versions.removeIf(version -> version.key().equals(key) && version.id().equals(id.get()));
    } else {
      hide(key);
    }
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private static void error(HttpExchange exchange, int status, String code) throws IOException {
    answer(
        exchange,
        status,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>"
            + code
            + "</Code><Message>no</Message></Error>");
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/xml");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Map<String, String> query(URI uri) {
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    return Arrays.stream(query.split("&"))
        .map(pair -> pair.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> pair[0],
                pair -> pair.length == 2 ? URLDecoder.decode(pair[1], UTF_8) : ""));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
