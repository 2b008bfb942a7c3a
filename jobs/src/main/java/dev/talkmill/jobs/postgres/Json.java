package dev.talkmill.jobs.postgres;

import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Values kept as jsonb. */
public final class Json {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  /** JSON text. The records of the pipeline hold no NUL, which PostgreSQL refuses in jsonb. */
  public static String write(Object value) {
    return MAPPER.writeValueAsString(value);
  }

  public static <T> List<T> readList(String json, TypeReference<List<T>> type) {
    return MAPPER.readValue(json, type);
  }
}
