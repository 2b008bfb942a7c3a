package dev.talkmill.worker.http;

import dev.talkmill.config.IntakeSettings;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.coyote.ContinueResponseTiming;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/** Limits and answers of the server itself. */
final class DoorServer
    implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

  /**
   * How much of a refused body is read and thrown away, in chunks of the largest size: a client
   * that is still sending does not look at the answer before it is done or the connection breaks.
   */
  private static final int DRAINED_CHUNKS = 4;

  private final IntakeSettings intake;

  DoorServer(IntakeSettings intake) {
    this.intake = intake;
  }

  @Override
  public void customize(ConfigurableTomcatWebServerFactory factory) {
    factory.addEngineValves(new AccessLog());
    factory.addConnectorCustomizers(this::limit);
    factory.addContextCustomizers(context -> {
      if (context.getParent() instanceof StandardHost host) {
        host.setErrorReportValveClass(ProblemValve.class.getName());
      }
    });
  }

  private void limit(Connector connector) {
    if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> http) {
      http.setDisableUploadTimeout(false);
      http.setConnectionUploadTimeout(Math.toIntExact(intake.bodyTimeout().toMillis()));
      long drained = DRAINED_CHUNKS * intake.chunkBytesMax().toBytes();
      http.setMaxSwallowSize((int) Math.min(Integer.MAX_VALUE, drained));
      // A client that asks before it sends learns of a refusal before it has sent anything.
      http.setContinueResponseTiming(ContinueResponseTiming.ON_REQUEST_BODY_READ.toString());
    }
  }

  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }
}
