package dev.talkmill.worker.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Reads JSON bodies whole, up to a limit. */
final class JsonBodyResolver implements HandlerMethodArgumentResolver {

  /** The largest document is a project with 500 key terms of 100 characters. */
  static final int BYTES_MAX = 1 << 20;

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.hasParameterAnnotation(JsonBody.class);
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest webRequest,
      @Nullable WebDataBinderFactory binders)
      throws IOException {
    HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (request == null) {
      throw new IllegalStateException("the door is served by servlets alone");
    }
    Encodings.requireNone(request);
    requireJson(request.getContentType());
    if (request.getContentLengthLong() > BYTES_MAX) {
      throw tooLarge();
    }
    byte[] body = request.getInputStream().readNBytes(BYTES_MAX + 1);
    if (body.length > BYTES_MAX) {
      throw tooLarge();
    }
    byte[] json = body.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : body;
    return DoorJson.read(json, parameter.getParameterType());
  }

  private static void requireJson(@Nullable String contentType) {
    if (contentType == null) {
      return;
    }
    try {
      MediaType type = MediaType.parseMediaType(contentType);
      if (type.isCompatibleWith(MediaType.APPLICATION_JSON)
          || type.getSubtype().endsWith("+json")) {
        return;
      }
    } catch (InvalidMediaTypeException e) {
      // Falls through to the refusal.
    }
    throw new ProblemException(
        ProblemCode.UNSUPPORTED_MEDIA_TYPE,
        "This path takes JSON. Send the header \"Content-Type: application/json\".");
  }

  private static ProblemException tooLarge() {
    return new ProblemException(
        ProblemCode.BODY_TOO_LARGE,
        "A JSON body may have at most %d bytes here.".formatted(BYTES_MAX));
  }
}
