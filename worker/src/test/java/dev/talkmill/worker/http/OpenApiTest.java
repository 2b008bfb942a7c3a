package dev.talkmill.worker.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;

/** The document and the door say the same. */
class OpenApiTest {

  @TempDir static Path directory;
  static Door door;
  static JsonNode document;

  @BeforeAll
  static void open() {
    door = Door.open(directory);
    document = door.client(null).get("/openapi.json").expect(200).json();
  }

  @AfterAll
  static void close() {
    door.close();
  }

  @Test
  void everyRouteIsDescribedAndEveryDescriptionIsARouteWithItsScopes() {
    Set<String> routes = new TreeSet<>();
    door.context
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach((mapping, handler) -> {
          Requires requires = handler.getMethodAnnotation(Requires.class);
          String scopes =
              requires == null
                  ? ""
                  : Arrays.stream(requires.value())
                      .map(scope -> scope.code())
                      .collect(Collectors.joining(","));
          for (String pattern : mapping.getPatternValues()) {
            mapping
                .getMethodsCondition()
                .getMethods()
                .forEach(method ->
                    routes.add(
                        method.name().toLowerCase(Locale.ROOT) + " " + pattern + " " + scopes));
          }
        });
    Set<String> described = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation ->
                    described.add(
                        operation.getKey()
                            + " "
                            + path.getKey()
                            + " "
                            + scopes(operation.getValue().path("x-scope")))));
    assertThat(described).hasSizeGreaterThan(25).isEqualTo(routes);
  }

  private static String scopes(JsonNode scopes) {
    return scopes.valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
  }

  @Test
  void withoutAPublicAddressTheServerIsTheOneTheDocumentCameFrom() {
    assertThat(document.has("servers")).isFalse();
  }

  @Test
  void everyCodeIsDescribed() {
    JsonNode codes =
        document
            .get("components")
            .get("schemas")
            .get("Problem")
            .get("properties")
            .get("code")
            .get("enum");
    assertThat(codes.valueStream().map(JsonNode::asString).toList())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProblemCode.values()).map(ProblemCode::code).toList());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    document.findValues("$ref").stream()
        .map(JsonNode::asString)
        .forEach(
            ref -> assertThat(document.at(ref.substring(1)).isMissingNode()).as(ref).isFalse());
  }
}
