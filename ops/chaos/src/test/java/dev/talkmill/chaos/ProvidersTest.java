package dev.talkmill.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProvidersTest {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Providers providers;

  @BeforeEach
  void start() throws IOException {
    providers = new Providers(Duration.ZERO);
  }

  @AfterEach
  void stop() {
    providers.close();
    http.close();
  }

  private HttpResponse<String> speech(Duration limit) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(providers.baseUrl() + "/audio/transcriptions"))
            .timeout(limit)
            .POST(BodyPublishers.ofByteArray(NumberedSound.wav(4711)))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> speech() throws IOException, InterruptedException {
    return speech(Duration.ofSeconds(20));
  }

  @Test
  void theNumberThatWasSentIsTheNumberThatIsHeard() throws Exception {
    assertThat(speech().body()).contains("number 4711 was said");
    assertThat(providers.calls()).isEqualTo(1);
    assertThat(providers.failed()).isZero();
  }

  @Test
  void aProviderThatRefusesSaysSo() throws Exception {
    providers.fail(ProviderFault.UNAVAILABLE);
    assertThat(speech().statusCode()).isEqualTo(503);
    providers.fail(ProviderFault.LIMITED);
    HttpResponse<String> limited = speech();
    assertThat(limited.statusCode()).isEqualTo(429);
    assertThat(limited.headers().firstValue("Retry-After")).hasValue("1");
    providers.fail(ProviderFault.GARBAGE);
    assertThat(speech().body()).doesNotContain("4711");
    assertThat(providers.failed()).isEqualTo(3);
  }

  @Test
  void aBrokenConnectionHasNoWholeAnswer() {
    providers.fail(ProviderFault.RESET);
    assertThatThrownBy(this::speech).isInstanceOf(IOException.class);
    providers.fail(ProviderFault.TRUNCATED);
    assertThatThrownBy(this::speech).isInstanceOf(IOException.class);
  }

  @Test
  void silenceLastsUntilTheFaultIsOver() throws Exception {
    providers.fail(ProviderFault.SILENT);
    assertThatThrownBy(() -> speech(Duration.ofMillis(300))).isInstanceOf(IOException.class);
    providers.fail(ProviderFault.NONE);
    assertThat(speech().statusCode()).isEqualTo(200);
  }
}
