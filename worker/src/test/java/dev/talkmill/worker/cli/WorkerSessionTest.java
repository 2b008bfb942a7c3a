package dev.talkmill.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.talkmill.worker.dashboard.Dashboard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.jobrunr.storage.InMemoryStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ApplicationContextException;

class WorkerSessionTest {

  @Test
  void aPortThatIsInUseIsNamedWithTheSettingsThatMayNameIt() {
    RuntimeException failed =
        new ApplicationContextException("no web server", new PortInUseException(8080));
    assertThat(WorkerSession.couldNotStart(failed, "See the log."))
        .hasMessage(
            "The worker did not start. Port 8080 is in use by another program. Stop that, or set"
                + " the one of TALKMILL_HTTP_PORT and TALKMILL_MANAGEMENT_PORT that names it to"
                + " another port, or to 0 for a free one.");
  }

  @Test
  void theDashboardsPortIsNamedToo() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        InMemoryStorageProvider storage = new InMemoryStorageProvider()) {
      Dashboard dashboard =
          new Dashboard(
              storage, new Jackson3JsonMapper(), taken.getLocalPort(), "admin", "a long password");
      RuntimeException failed = catchThrowableOfType(RuntimeException.class, dashboard::start);
      assertThat(WorkerSession.couldNotStart(failed, "See the log."))
          .message()
          .startsWith(
              "The worker did not start. The dashboard cannot listen on 127.0.0.1:"
                  + taken.getLocalPort())
          .contains("TALKMILL_DASHBOARD_PORT");
    }
  }

  @Test
  void anyOtherReasonIsItsFirstLine() {
    assertThat(
            WorkerSession.couldNotStart(
                new IllegalStateException(new IOException("no disk\nat all")), "See the log."))
        .hasMessage("The worker did not start: no disk. See the log.");
  }
}
