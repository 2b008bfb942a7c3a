package dev.talkmill.worker.http;

import java.util.Locale;

/**
 * Every way in which a request can be refused. Codes are contract: clients decide by them, and none
 * changes its meaning.
 */
enum ProblemCode {
  BAD_REQUEST(400, "The request could not be read"),
  MALFORMED_JSON(400, "The body is not valid JSON"),
  UNKNOWN_FIELD(400, "The body has a field that is not known"),
  INVALID_FIELD(400, "A field of the body has a value that is not allowed"),
  INVALID_ID(400, "An id in the path is not a UUID"),
  INVALID_PARAMETER(400, "A query parameter has a value that is not allowed"),
  INVALID_HEADER(400, "A header has a value that is not allowed"),
  INVALID_CURSOR(400, "The cursor is not one of this list"),
  EMPTY_BODY(400, "The body is empty"),
  INVALID_TEXT(400, "The text is not in the character set that was declared"),

  UNAUTHENTICATED(401, "A valid API key is needed"),
  INSUFFICIENT_SCOPE(403, "The API key does not allow this"),
  AUDIO_WITHHELD(403, "The audio of an anonymised conversation is not served"),

  UNKNOWN_PATH(404, "There is nothing at this path"),
  UNKNOWN_TENANT(404, "There is no such tenant"),
  UNKNOWN_KEY(404, "There is no such API key"),
  UNKNOWN_PROJECT(404, "There is no such project"),
  UNKNOWN_CONVERSATION(404, "There is no such conversation"),
  UNKNOWN_CHUNK(404, "There is no such chunk"),
  UNKNOWN_UPLOAD(404, "There is no such upload"),
  UNKNOWN_STATUS(404, "There is no such ledger row"),
  UNKNOWN_PAUSE_KIND(404, "There is nothing of this kind to pause"),
  UNKNOWN_STAGE(404, "There is no such stage"),
  UNKNOWN_PROVIDER(404, "There is no such provider"),
  UNKNOWN_VERSION(404, "There is no such version of the transcript"),
  TRANSCRIPT_NOT_READY(404, "There is no transcript yet"),
  NO_AUDIO(404, "There is no audio"),

  METHOD_NOT_ALLOWED(405, "The method is not allowed here"),
  NOT_ACCEPTABLE(406, "The answer can't be given in the form that was asked for"),
  BODY_TIMEOUT(408, "The body did not arrive in time"),

  UPLOAD_INCOMPLETE(409, "The file has not arrived whole"),
  UPLOAD_EXPIRED(409, "The upload was not completed in time"),
  NOT_FAILED(409, "Only a failed ledger row can be requeued"),
  AUDIO_NOT_READY(409, "The audio is not ready yet"),
  TOO_MANY_PAUSES(409, "No more tenants can be paused at once"),

  CHUNK_TOO_LARGE(413, "The chunk is too large"),
  TEXT_TOO_LONG(413, "The text is too long"),
  UPLOAD_TOO_LARGE(413, "The file is too large"),
  BODY_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body's content type is not supported"),
  RANGE_NOT_SATISFIABLE(416, "The range lies outside of the audio"),
  ANONYMIZE_UNAVAILABLE(422, "Transcripts are not redacted yet"),
  IDEMPOTENCY_KEY_REUSED(422, "The idempotency key was used with another body"),
  RATE_LIMITED(429, "Too many requests"),
  TOO_MANY_STREAMS(429, "Too many event streams are open"),
  HEADERS_TOO_LARGE(431, "The request's headers are too large"),

  INTERNAL_ERROR(500, "Something went wrong on our side"),
  NOT_IMPLEMENTED(501, "The request asks for something that this server does not do"),
  HTTP_VERSION_NOT_SUPPORTED(505, "The version of HTTP is not supported"),
  SPOOL_FULL(503, "No more chunks can be kept for the moment"),
  SCRATCH_FULL(503, "There is no room on disk for the moment"),
  DATABASE_UNAVAILABLE(503, "The database can't be reached for the moment"),
  STORAGE_UNAVAILABLE(503, "The object store can't be reached for the moment"),
  SHUTTING_DOWN(503, "This server is shutting down");

  private final int status;
  private final String title;

  ProblemCode(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** The code as it is shown, for example {@code unknown_field}. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What stands for a status that the connector or the framework gave without a reason. */
  static ProblemCode ofStatus(int status) {
    return switch (status) {
      case 401 -> UNAUTHENTICATED;
      case 403 -> INSUFFICIENT_SCOPE;
      case 404 -> UNKNOWN_PATH;
      case 405 -> METHOD_NOT_ALLOWED;
      case 406 -> NOT_ACCEPTABLE;
      case 408 -> BODY_TIMEOUT;
      case 413 -> BODY_TOO_LARGE;
      case 415 -> UNSUPPORTED_MEDIA_TYPE;
      case 429 -> RATE_LIMITED;
      case 431 -> HEADERS_TOO_LARGE;
      case 501 -> NOT_IMPLEMENTED;
      case 503 -> SHUTTING_DOWN;
      case 505 -> HTTP_VERSION_NOT_SUPPORTED;
      default -> status >= 400 && status < 500 ? BAD_REQUEST : INTERNAL_ERROR;
    };
  }
}
