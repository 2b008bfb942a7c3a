package dev.talkmill.worker.http;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.MultipartResolver;

/** Takes no body for a form, so that a chunk's bytes are never read before the door reads them. */
final class NoForms implements MultipartResolver {

  @Override
  public boolean isMultipart(HttpServletRequest request) {
    return false;
  }

  @Override
  public MultipartHttpServletRequest resolveMultipart(HttpServletRequest request) {
    throw new IllegalStateException("no request is taken for a form");
  }

  @Override
  public void cleanupMultipart(MultipartHttpServletRequest request) {
    // There is nothing to clean up.
  }
}
