package dev.talkmill.worker.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One range of bytes of RFC 9110; {@code last} is inclusive. */
record ByteRange(long first, long last) {

  private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  long bytes() {
    return last - first + 1;
  }

  /**
   * What part of a file a header asks for.
   *
   * @return empty for the whole file: without a header, and for what is no single range of bytes,
   *     which the standard lets us ignore
   * @throws ProblemException {@code range_not_satisfiable}
   */
  static Optional<ByteRange> of(@Nullable String header, long size) {
    Matcher range = header == null ? null : SINGLE.matcher(header.strip());
    if (range == null || !range.matches()) {
      return Optional.empty();
    }
    String from = range.group(1);
    String to = range.group(2);
    if (from.isEmpty() && to.isEmpty()) {
      return Optional.empty();
    }
    if (from.isEmpty()) {
      long suffix = Long.parseLong(to);
      return Optional.of(checked(Math.max(0, size - suffix), size - 1, size));
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? size - 1 : Long.parseLong(to);
    if (!to.isEmpty() && last < first) {
      return Optional.empty();
    }
    return Optional.of(checked(first, Math.min(last, size - 1), size));
  }

  private static ByteRange checked(long first, long last, long size) {
    if (first > last) {
      throw new ProblemException(
          ProblemCode.RANGE_NOT_SATISFIABLE, "The audio has %d bytes.".formatted(size));
    }
    return new ByteRange(first, last);
  }
}
