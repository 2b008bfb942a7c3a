package dev.talkmill.worker.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * What the headers of a chunk say.
 *
 * @param text whether the body is a written contribution
 * @param charset of a written contribution
 * @param mediaType as declared, at most 100 characters; what counts is the content
 */
record ChunkHeaders(
    boolean text,
    Charset charset,
    String mediaType,
    @Nullable Long sequence,
    @Nullable Instant recordedAt,
    @Nullable String idempotencyKey) {

  private static final Pattern KEY =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,253}[\\x21-\\x7e])?");
  private static final int MEDIA_TYPE_CHARS_MAX = 100;
  private static final int YEAR_MAX = 9999;

  static ChunkHeaders of(HttpServletRequest request) {
    Encodings.requireNone(request);
    MediaType type = type(request.getContentType());
    if (type.getType().equals("multipart")) {
      throw new ProblemException(
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          "The chunk came as a form. Send its bytes themselves as the body, with the recording's"
              + " own content type.");
    }
    boolean text = type.isCompatibleWith(MediaType.TEXT_PLAIN) && type.isConcrete();
    return new ChunkHeaders(
        text,
        text ? charset(type) : StandardCharsets.UTF_8,
        type.getType() + "/" + type.getSubtype(),
        sequence(request.getHeader("Chunk-Sequence")),
        recordedAt(request.getHeader("Chunk-Recorded-At")),
        key(request.getHeader("Idempotency-Key")));
  }

  /** The declared type is a hint only, so one that makes no sense is no reason to refuse. */
  private static MediaType type(@Nullable String header) {
    try {
      if (header != null) {
        MediaType type = MediaType.parseMediaType(header);
        if (type.toString().length() <= MEDIA_TYPE_CHARS_MAX && type.isConcrete()) {
          return type;
        }
      }
    } catch (InvalidMediaTypeException e) {
      if (header != null
          && header.toLowerCase(Locale.ROOT).startsWith(MediaType.TEXT_PLAIN_VALUE)) {
        throw new ProblemException(
            ProblemCode.UNSUPPORTED_MEDIA_TYPE,
            "The text's character set is not known here. Send it as text/plain; charset=utf-8.");
      }
    }
    return MediaType.APPLICATION_OCTET_STREAM;
  }

  private static Charset charset(MediaType type) {
    Charset charset = type.getCharset();
    return charset == null ? StandardCharsets.UTF_8 : charset;
  }

  static @Nullable Long sequence(@Nullable String header) {
    if (header == null) {
      return null;
    }
    try {
      long sequence = Long.parseLong(header.strip());
      if (sequence >= 0) {
        return sequence;
      }
    } catch (NumberFormatException e) {
      // Falls through to the refusal.
    }
    throw new ProblemException(
        ProblemCode.INVALID_HEADER, "\"Chunk-Sequence\" must be a whole number from 0 on.");
  }

  private static @Nullable Instant recordedAt(@Nullable String header) {
    if (header == null) {
      return null;
    }
    Instant time = time(header);
    if (time == null) {
      throw new ProblemException(
          ProblemCode.INVALID_HEADER,
          "\"Chunk-Recorded-At\" must be a time such as 2026-11-20T09:30:00Z.");
    }
    return time;
  }

  /** A time of RFC 3339 in the years that PostgreSQL and people know, or null. */
  static @Nullable Instant time(String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text.strip());
      return time.getYear() >= 1 && time.getYear() < YEAR_MAX ? time.toInstant() : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static @Nullable String key(@Nullable String header) {
    if (header == null) {
      return null;
    }
    if (!KEY.matcher(header).matches()) {
      throw new ProblemException(
          ProblemCode.INVALID_HEADER,
          "\"Idempotency-Key\" must have 1 to 255 printable ASCII characters.");
    }
    return header;
  }
}
