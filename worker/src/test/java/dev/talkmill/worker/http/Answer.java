package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the door answered. */
record Answer(int status, HttpHeaders headers, byte[] bytes) {

  private static final JsonMapper JSON = JsonMapper.shared();

  static Answer of(HttpResponse<byte[]> response) {
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  Answer expect(int wanted) {
    assertThat(status).as(body()).isEqualTo(wanted);
    return this;
  }

  /** That it is a problem in full, and this one. */
  Answer problem(int wanted, String code) {
    assertThat(status).as(body()).isEqualTo(wanted);
    assertThat(header("content-type")).isEqualTo("application/problem+json");
    assertThat(names()).containsExactlyInAnyOrder("type", "title", "status", "detail", "code");
    assertThat(text("code")).isEqualTo(code);
    assertThat(json().get("status").asInt()).isEqualTo(wanted);
    assertThat(text("type")).isEqualTo("urn:talkmill:problem:" + code);
    assertThat(text("title")).isNotBlank();
    assertThat(text("detail")).isNotBlank();
    assertThat(header("x-request-id")).isNotBlank();
    return this;
  }

  String body() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  JsonNode json() {
    return JSON.readTree(bytes);
  }

  String text(String field) {
    return json().get(field).asString();
  }

  List<String> names() {
    return names(json());
  }

  static List<String> names(JsonNode object) {
    return new ArrayList<>(object.properties().stream().map(Map.Entry::getKey).toList());
  }

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
