package dev.talkmill.worker.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextCursor to be sent for the next page; null at the end of the list
 */
record Page<T>(List<T> items, @Nullable String nextCursor) {

  static final int LIMIT_MAX = 200;
  private static final int LIMIT_DEFAULT = 50;
  private static final int CURSOR_CHARS_MAX = 200;

  Page {
    items = List.copyOf(items);
  }

  /** Makes a page of one row more than was asked for: that row says that there is a next page. */
  static <R, T> Page<T> of(
      List<R> rows, int limit, Function<R, Object> place, Function<R, T> shown) {
    boolean more = rows.size() > limit;
    List<R> page = more ? rows.subList(0, limit) : rows;
    return new Page<>(
        page.stream().map(shown).toList(),
        more ? cursor(String.valueOf(place.apply(page.getLast()))) : null);
  }

  static int limit(@Nullable String limit) {
    if (limit == null) {
      return LIMIT_DEFAULT;
    }
    try {
      int rows = Integer.parseInt(limit);
      if (rows >= 1 && rows <= LIMIT_MAX) {
        return rows;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal.
    }
    throw new ProblemException(
        ProblemCode.INVALID_PARAMETER,
        "\"limit\" must be a whole number from 1 to " + LIMIT_MAX + ".");
  }

  /** Cursors are opaque to clients. */
  static String cursor(String place) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  static @Nullable UUID after(@Nullable String cursor) {
    return cursor == null ? null : after(cursor, UUID::fromString);
  }

  static <T> T after(String cursor, Function<String, T> parse) {
    try {
      if (cursor.length() <= CURSOR_CHARS_MAX) {
        byte[] place = Base64.getUrlDecoder().decode(cursor);
        return parse.apply(new String(place, StandardCharsets.UTF_8));
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the refusal.
    }
    throw new ProblemException(
        ProblemCode.INVALID_CURSOR,
        "\"cursor\" must be the next_cursor of an earlier page of the same list, unchanged.");
  }
}
