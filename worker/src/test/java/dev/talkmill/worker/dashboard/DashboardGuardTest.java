package dev.talkmill.worker.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardGuardTest {

  private static final String REQUEUE = "/api/jobs/0199a000-0000-7000-8000-000000000000/requeue";

  /** Told after the browser has its answer, so a test that expects a line waits for it. */
  private final BlockingQueue<String> audit = new LinkedBlockingQueue<>();

  private final InMemoryStorageProvider storage = new InMemoryStorageProvider();
  private Dashboard dashboard;
  private Browser browser;

  @BeforeEach
  void start() {
    dashboard =
        new Dashboard(storage, new Jackson3JsonMapper(), 0, "admin", "a long password", audit::add);
    dashboard.start();
    browser = new Browser(dashboard.uri(), "admin", "a long password");
  }

  @AfterEach
  void stop() {
    browser.close();
    dashboard.close();
    storage.close();
  }

  @Test
  void noOtherAddressOfThisMachineReachesThePort() throws IOException {
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    assumeThat(others).isNotEmpty();
    for (InetAddress other : others) {
      assertThatThrownBy(
              () -> {
                try (Socket socket = new Socket()) {
                  socket.connect(new InetSocketAddress(other, dashboard.uri().getPort()), 2_000);
                }
              })
          .as(other.toString())
          .isInstanceOf(ConnectException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/dashboard",
        "/dashboard/static/css/none.css",
        "/api/version",
        "/sse/servers"
      })
  void nothingIsSeenWithoutThePassword(String path) {
    HttpResponse<String> answer = browser.withoutPassword("GET", path);
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(answer.body()).isEqualTo("The dashboard needs its user name and password.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic", "Basic !!!", "Bearer a long password", "basic YWRtaW46eA=="})
  void aWrongPasswordIsNone(String authorization) {
    assertThat(browser.send("GET", "/dashboard", "Authorization", authorization).statusCode())
        .isEqualTo(401);
  }

  @Test
  void aDashboardWithoutAPasswordIsNotMade() {
    assertThatThrownBy(() -> new Dashboard(storage, new Jackson3JsonMapper(), 0, "admin", " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The dashboard needs a password.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "DELETE", "PUT"})
  void aPageOfAnotherSiteChangesNothing(String method) {
    String port = ":" + dashboard.uri().getPort();
    for (String[] from :
        new String[][] {
          {"Origin", "http://evil.example"},
          {"Origin", "null"},
          {"Origin", "http://localhost:1"},
          {"Origin", "http://127.0.0.1" + port + ".evil.example"},
          {"Referer", "http://evil.example/http://127.0.0.1" + port + "/"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"}
        }) {
      HttpResponse<String> answer = browser.send(method, REQUEUE, from);
      assertThat(answer.statusCode()).as(String.join(" ", from)).isEqualTo(403);
      assertThat(answer.body())
          .isEqualTo(
              "Only the dashboard's own page may change something, not one of another site.");
    }
    assertThat(audit).isEmpty();
  }

  @Test
  void theOwnPageMayAskAndIsRemembered() throws InterruptedException {
    String origin = "http://127.0.0.1:" + dashboard.uri().getPort();
    HttpResponse<String> answer =
        browser.send(
            "POST",
            REQUEUE,
            "Origin",
            origin,
            "Referer",
            origin + "/dashboard/jobs/x",
            "Sec-Fetch-Site",
            "same-origin");
    assertThat(answer.statusCode()).isEqualTo(404); // There is no such job.
    assertThat(audit.poll(2, TimeUnit.MINUTES)).isEqualTo("POST " + REQUEUE + " by admin: 404");
    assertThat(audit).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "POST", "DELETE"})
  void aHostNameThatWasMadeToPointHereIsRefused(String method) throws IOException {
    assertThat(browser.rawStatus(method, "/api/version", "evil.example:8000"))
        .startsWith("HTTP/1.1 403");
    assertThat(browser.rawStatus("GET", "/api/version", "localhost:8000"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void thePageSaysWhatItsButtonsMeanAndLoadsFromHereAlone() {
    HttpResponse<String> page = browser.send("GET", "/dashboard/jobs?state=FAILED");
    assertThat(page.body())
        .contains(
            "Requeue runs the work now with fresh attempts. Delete removes the job, never the"
                + " work: Talkmill will schedule it again.")
        .contains("<title>Talkmill jobs</title>")
        .contains("<div id=\"root\"></div>");
    String policy = page.headers().firstValue("Content-Security-Policy").orElseThrow();
    Matcher nonce = Pattern.compile("'nonce-([0-9a-f-]{36})'").matcher(policy);
    assertThat(nonce.find()).isTrue();
    Matcher scripts = Pattern.compile("<script[^>]*src=\"([^\"]+)\"[^>]*>").matcher(page.body());
    assertThat(scripts.results().toList())
        .isNotEmpty()
        .allSatisfy(script -> {
          assertThat(script.group()).contains("nonce=\"" + nonce.group(1) + "\"");
          assertThat(browser.send("GET", script.group(1)).statusCode()).isEqualTo(200);
        });
    assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/dashboard/static/..%2f..%2f..%2f..%2f..%2flogback.xml",
        "/dashboard/.env",
        "/dashboard/nothing.js",
        "/api/nothing",
        "/api/jobs/no-id/requeue/more"
      })
  void whatIsNotThePagesIsNotFound(String path) {
    assertThat(browser.send("GET", path).statusCode()).isEqualTo(404);
  }

  @Test
  void theStartAddressLeadsToThePage() {
    HttpResponse<String> answer = browser.send("GET", "/");
    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).contains("/dashboard");
  }

  @Test
  void aTakenPortIsSaidPlainly() {
    int taken = dashboard.uri().getPort();
    Dashboard second = new Dashboard(storage, new Jackson3JsonMapper(), taken, "admin", "secret");
    assertThatThrownBy(second::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("The dashboard cannot listen on 127.0.0.1:" + taken);
  }

  @Test
  void aClosedDashboardGivesItsPortBack() {
    int port = dashboard.uri().getPort();
    dashboard.close();
    try (Dashboard again = new Dashboard(storage, new Jackson3JsonMapper(), port, "a", "b")) {
      again.start();
      assertThat(again.uri().getPort()).isEqualTo(port);
    }
  }
}
