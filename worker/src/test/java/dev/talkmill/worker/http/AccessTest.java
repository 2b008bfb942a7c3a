package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.talkmill.jobs.tenant.Scope;
import java.lang.reflect.Method;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every route with no key, a wrong one, one of every other scope, and one of another tenant. */
class AccessTest {

  @TempDir static Path directory;
  static Door door;
  static Door.Home home;
  static String conversation;
  static String upload;
  static String chunk;
  static String row;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    home = door.home();
    conversation = home.conversation();
    chunk = home.say(conversation, "mine").expect(202).text("id");
    upload = home.post(conversation, "/uploads", "{\"bytes\":10}").expect(201).text("id");
    row =
        home.get(conversation, "/processing-status")
            .json()
            .get("items")
            .get(0)
            .get("id")
            .asString();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  /** A route of the door, with ids of {@link #home} filled in. */
  record Route(String method, String path, Set<Scope> scopes, boolean namesSomething) {

    Answer call(Client client) {
      String body = path.endsWith("/uploads") ? "{\"bytes\":1}" : "{}";
      if (path.contains("/projects") && !path.endsWith("/conversations")) {
        body = "{\"name\":\"n\"}";
      }
      return client.send(
          client
              .request(path)
              .header("Content-Type", "application/json")
              .method(
                  method,
                  method.equals("GET") || method.equals("DELETE")
                      ? BodyPublishers.noBody()
                      : BodyPublishers.ofString(body)));
    }
  }

  static List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    door.context
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach((mapping, handler) -> {
          Requires requires = handler.getMethodAnnotation(Requires.class);
          if (requires != null) {
            String pattern = mapping.getPatternValues().iterator().next();
            routes.add(
                new Route(
                    mapping.getMethodsCondition().getMethods().iterator().next().name(),
                    filled(pattern),
                    EnumSet.copyOf(Arrays.asList(requires.value())),
                    pattern.contains("{")));
          }
        });
    return routes;
  }

  private static String filled(String pattern) {
    String id =
        pattern.contains("/projects/")
            ? home.project()
            : pattern.contains("/uploads/")
                ? upload
                : pattern.contains("/processing-status/{") ? row : conversation;
    return pattern
        .replace("{id}", id)
        .replace("{chunkId}", chunk)
        .replace("{kind}/{name}", "tenant/" + home.tenant());
  }

  @Test
  void everyRouteSaysWhatItRequires() {
    assertThat(routes()).hasSizeGreaterThan(20);
    door
        .context
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .values()
        .stream()
        .map(HandlerMethod::getMethod)
        .filter(method ->
            method.getDeclaringClass().getPackageName().equals("dev.talkmill.worker.http"))
        .forEach(AccessTest::isMarked);
  }

  private static void isMarked(Method method) {
    boolean requires = AnnotationUtils.findAnnotation(method, Requires.class) != null;
    boolean open = AnnotationUtils.findAnnotation(method, Open.class) != null;
    assertThat(requires ^ open).as(method.toString()).isTrue();
  }

  @Test
  void withoutAKeyNothingIsAnswered() {
    for (Route route : routes()) {
      Answer answer = route.call(door.client(null)).problem(401, "unauthenticated");
      assertThat(answer.header("www-authenticate")).startsWith("Bearer");
    }
  }

  @Test
  void aWrongKeyIsNoKey() {
    for (Route route : routes()) {
      route.call(door.client("tm_0_wrong")).problem(401, "unauthenticated");
    }
    Client client = door.client(null);
    for (String header : new String[] {"Basic eDp5", "Bearer", "Bearer ", "x".repeat(600)}) {
      client
          .send(client.request("/v1/projects/" + home.project()).header("Authorization", header))
          .problem(401, "unauthenticated");
    }
    client
        .send(
            client
                .request("/v1/projects/" + home.project())
                .header("Authorization", "bearer " + home.client().key()))
        .expect(200);
  }

  @Test
  void aKeyOfAnotherScopeIsRefused() {
    for (Scope scope : Scope.values()) {
      Client client = door.client(door.key(home.tenant().toString(), scope.code()));
      for (Route route : routes()) {
        if (!route.scopes().contains(scope)) {
          route.call(client).problem(403, "insufficient_scope");
        }
      }
    }
  }

  @Test
  void whatIsAnotherTenantsIsNotThere() {
    Client other = door.home().client();
    for (Route route : routes()) {
      // A PUT makes a project of the caller's own under the same id, which is another one.
      if (route.namesSomething()
          && !route.path().contains("/api-keys/")
          && !(route.method().equals("PUT") && route.path().contains("/projects/"))) {
        assertThat(route.call(other).status()).as(route.toString()).isEqualTo(404);
      }
    }
    assertThat(home.get(conversation, "").expect(200).json().get("is_finished").asBoolean())
        .isFalse();
  }

  @Test
  void anotherTenantsListsAreEmpty() {
    Client other = door.home().client();
    assertThat(other.get("/v1/processing-status?state=COMPLETED").json().get("items")).isEmpty();
    assertThat(home.client().get("/v1/processing-status?state=COMPLETED").json().get("items"))
        .isNotEmpty();
  }

  @Test
  void openRoutesNeedNoKey() {
    door.client(null).get("/openapi.json").expect(200);
  }
}
