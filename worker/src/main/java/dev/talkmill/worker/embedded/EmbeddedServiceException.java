package dev.talkmill.worker.embedded;

/**
 * An embedded server cannot start. The message is one plain sentence for the person at the desk.
 */
final class EmbeddedServiceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EmbeddedServiceException(String message) {
    super(message);
  }

  EmbeddedServiceException(String message, Throwable cause) {
    super(message, cause);
  }
}
