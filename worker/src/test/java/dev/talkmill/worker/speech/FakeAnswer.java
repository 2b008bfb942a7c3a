package dev.talkmill.worker.speech;

import java.util.LinkedHashMap;
import java.util.Map;

/** What {@link FakeOpenAiServer} does with one request. */
public record FakeAnswer(int status, Map<String, String> headers, String body, Fault fault) {

  /** How an answer goes wrong on the wire. */
  public enum Fault {
    NONE,
    /** Reads the request and says nothing until the server is closed. */
    NEVER,
    /** Reads the request and resets the connection. */
    RESET,
    /** Reads the request and closes the connection in order. */
    HANG_UP,
    /** Announces the whole body, sends half and closes. */
    CUT_OFF,
    /** Sends the body byte by byte, one every 20 ms. */
    DRIBBLE
  }

  public static FakeAnswer json(String body) {
    return status(200).body("application/json", body);
  }

  public static FakeAnswer html() {
    return status(200).body("text/html", "<!DOCTYPE html><html><body>Please sign in</body></html>");
  }

  /** JSON that ends in its middle, in an answer that is whole to HTTP. */
  public static FakeAnswer truncated(String body) {
    return json(body.substring(0, body.length() / 2));
  }

  public static FakeAnswer redirect(String location) {
    return status(302).header("Location", location);
  }

  /** An empty answer with a status. */
  public static FakeAnswer status(int status) {
    return new FakeAnswer(status, Map.of(), "", Fault.NONE);
  }

  /** An error as OpenAI words it. */
  public static FakeAnswer error(int status, String type, String code) {
    String body =
        """
        {"error": {"message": "You said: secret words. Key sk-abcdef.", "type": "%s",
                   "param": null, "code": "%s"}}\
        """
            .formatted(type, code);
    return status(status).body("application/json", body).header("x-request-id", "req_fault");
  }

  public static FakeAnswer fault(Fault fault) {
    return json(OpenAiShapes.OPENAI).with(fault);
  }

  public FakeAnswer with(Fault wanted) {
    return new FakeAnswer(status, headers, body, wanted);
  }

  public FakeAnswer header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new FakeAnswer(status, Map.copyOf(more), body, fault);
  }

  private FakeAnswer body(String type, String text) {
    return new FakeAnswer(status, headers, text, fault).header("Content-Type", type);
  }
}
