package dev.talkmill.worker.summary;

import dev.talkmill.config.OpenAiSettings;
import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import dev.talkmill.pipeline.summarize.Summarizer;
import dev.talkmill.worker.openai.OpenAiAnswer;
import dev.talkmill.worker.openai.OpenAiClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Any server with OpenAI's {@code POST /chat/completions}. A transcript longer than the model's
 * context is read in parts: notes of each part, then a summary of the notes, in as many rounds as
 * it takes. One limit covers all calls together. Failures are those of {@link OpenAiClient}; an
 * answer without a summary is provider_bad_answer, a refusal provider_rejected.
 */
public final class OpenAiSummarizer implements Summarizer, AutoCloseable {

  public static final String PROVIDER = "openai";

  private static final String PATH = "/chat/completions";

  /** Kept free for the answer, and for the thoughts of models that think first. */
  private static final int ANSWER_TOKENS = 4_000;

  private final OpenAiClient client;
  private final int contextTokens;
  private final LongSupplier nanos;

  /**
   * A summariser with a connection pool of its own.
   *
   * @param contextTokens context window of the model, at least 1,000
   */
  public OpenAiSummarizer(OpenAiSettings settings, int contextTokens, InstantSource clock) {
    this(new OpenAiClient(settings, clock), contextTokens, System::nanoTime);
  }

  OpenAiSummarizer(OpenAiClient client, int contextTokens, LongSupplier nanos) {
    this.client = client;
    this.contextTokens = contextTokens;
    this.nanos = nanos;
  }

  @Override
  public String provider() {
    return PROVIDER;
  }

  @Override
  public String model() {
    return client.model();
  }

  @Override
  public Summary summarize(SummaryRequest request) {
    long started = nanos.getAsLong();
    SummaryPrompt prompt = new SummaryPrompt(request);
    int budget = budget(prompt);
    List<String> parts = TokenEstimate.parts(request.segments(), budget);
    if (parts.isEmpty()) {
      throw FailureException.of(
          FailureCode.PROVIDER_BAD_ANSWER, "there is no text in the transcript to summarise");
    }
    while (parts.size() > 1) {
      List<String> notes = new ArrayList<>();
      for (String part : parts) {
        OpenAiAnswer answer = ask(prompt.partSystem(), part, left(request, started));
        // A third of a part at most, so that every round has fewer parts than the one before.
        notes.add(TokenEstimate.start(ChatAnswer.read(answer.body()).summary(), budget / 3));
      }
      parts = TokenEstimate.parts(notes, budget);
    }
    OpenAiAnswer answer = ask(prompt.finalSystem(), parts.getFirst(), left(request, started));
    ChatAnswer.Draft draft = ChatAnswer.read(answer.body());
    return new Summary(
        draft.summary(),
        request.titleWanted() ? draft.title() : null,
        answer.model(client.model()));
  }

  @Override
  public void close() {
    client.close();
  }

  private OpenAiAnswer ask(String system, String text, Duration timeout) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", client.model());
    body.putArray("messages")
        .add(message("system", system))
        .add(message("user", SummaryPrompt.user(text)));
    return client.post(PATH, body, timeout);
  }

  private static ObjectNode message(String role, String content) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  /** Tokens of transcript that fit into one call. */
  private int budget(SummaryPrompt prompt) {
    int instructions =
        Math.max(TokenEstimate.of(prompt.finalSystem()), TokenEstimate.of(prompt.partSystem()));
    int answer = Math.min(ANSWER_TOKENS, contextTokens / 4);
    return Math.max(contextTokens / 8, contextTokens - instructions - answer);
  }

  private Duration left(SummaryRequest request, long started) {
    Duration left = request.timeout().minusNanos(nanos.getAsLong() - started);
    if (left.isNegative() || left.isZero()) {
      throw FailureException.of(
          FailureCode.PROVIDER_TIMEOUT,
          "the calls for one summary took longer than " + request.timeout().toMillis() + " ms");
    }
    return left;
  }
}
