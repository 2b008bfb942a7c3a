package dev.talkmill.worker.http;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON of the door: snake_case, unknown and doubled fields refused, no guessing of types. It is no
 * bean, so that nothing else takes on its habits.
 */
final class DoorJson {

  private static final int NESTING_MAX = 32;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  static final JsonMapper MAPPER =
      JsonMapper.builder(FACTORY)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              texts ->
                  texts
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private DoorJson() {}

  static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /**
   * Reads a body.
   *
   * @throws ProblemException with the place and the field, never with the body's own text
   */
  static <T> T read(byte[] body, Class<T> type) {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw new ProblemException(
          ProblemCode.MALFORMED_JSON,
          "The body is not valid JSON (line %d, column %d). Send one JSON object in UTF-8."
              .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr()));
    }
    if (!tree.isObject()) {
      throw new ProblemException(
          ProblemCode.INVALID_FIELD, "The body is JSON, but no object. Send a JSON object.");
    }
    return convert(tree, type);
  }

  /**
   * Makes a value of a tree.
   *
   * @throws ProblemException with the field
   */
  static <T> T convert(JsonNode tree, Class<T> type) {
    try {
      return MAPPER.treeToValue(tree, type);
    } catch (JacksonException e) {
      throw refusal(e);
    }
  }

  private static ProblemException refusal(JacksonException e) {
    return switch (e) {
      case UnrecognizedPropertyException unknown ->
          new ProblemException(
              ProblemCode.UNKNOWN_FIELD,
              "The field \"%s\" is not known here. Known are: %s."
                  .formatted(
                      Texts.shown(unknown.getPropertyName()),
                      unknown.getKnownPropertyIds().stream()
                          .map(String::valueOf)
                          .sorted()
                          .collect(Collectors.joining(", "))));
      case DatabindException bind ->
          new ProblemException(
              ProblemCode.INVALID_FIELD,
              bind.getPath().isEmpty()
                  ? "The body has another type than a JSON object with the documented fields."
                  : "The value of \"%s\" has another type than is documented."
                      .formatted(path(bind)));
      default ->
          new ProblemException(ProblemCode.INVALID_FIELD, "A number of the body is out of bounds.");
    };
  }

  private static String path(DatabindException e) {
    String path =
        e.getPath().stream()
            .map(step ->
                step.getPropertyName() == null
                    ? "[" + step.getIndex() + "]"
                    : step.getPropertyName())
            .collect(Collectors.joining("."));
    return Texts.shown(path);
  }
}
