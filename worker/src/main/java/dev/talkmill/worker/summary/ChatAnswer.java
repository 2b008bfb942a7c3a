package dev.talkmill.worker.summary;

import dev.talkmill.pipeline.failure.FailureCode;
import dev.talkmill.pipeline.failure.FailureException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads what a chat model answered. Models wrap the JSON they are asked for in fences, thoughts or
 * pleasantries, and some answer in plain prose: that is a summary too.
 */
final class ChatAnswer {

  static final int SUMMARY_CHARS_MAX = 4_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern THOUGHTS = Pattern.compile("(?s)^\\s*<think>.*?</think>");

  private ChatAnswer() {}

  /** A summary that is not blank, and the title where there was one. */
  record Draft(String summary, @Nullable String title) {}

  static Draft read(JsonNode body) {
    String content = content(body);
    String text = THOUGHTS.matcher(content).replaceFirst("").strip();
    int open = text.indexOf('{');
    int close = text.lastIndexOf('}');
    JsonNode json = open >= 0 && close > open ? parsed(text.substring(open, close + 1)) : null;
    if (json != null) {
      String summary = string(json, "summary");
      return new Draft(bounded(summary == null ? "" : summary), title(string(json, "title")));
    }
    if (text.startsWith("{") || text.startsWith("```") || text.startsWith("<")) {
      throw bad("is neither the JSON that was asked for nor prose");
    }
    return new Draft(bounded(text), null);
  }

  private static String content(JsonNode body) {
    JsonNode choices = body.get("choices");
    JsonNode choice = choices == null || !choices.isArray() ? null : choices.get(0);
    JsonNode message = choice == null ? null : choice.get("message");
    if (message == null || !message.isObject()) {
      throw bad("holds no message");
    }
    if (string(message, "refusal") != null) {
      throw FailureException.of(
          FailureCode.PROVIDER_REJECTED, "the model refused to summarise the transcript");
    }
    JsonNode content = message.get("content");
    if (content == null || !content.isString()) {
      throw bad("holds a message without text");
    }
    return content.stringValue();
  }

  private static @Nullable JsonNode parsed(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      return node.isObject() ? node : null;
    } catch (JacksonException e) {
      return null;
    }
  }

  private static String bounded(String summary) {
    String clean = summary.replace("\0", "").strip();
    if (clean.isEmpty()) {
      throw bad("is an empty summary");
    }
    if (clean.length() <= SUMMARY_CHARS_MAX) {
      return clean;
    }
    int end = clean.lastIndexOf(". ", SUMMARY_CHARS_MAX - 1);
    return clean.substring(0, end > 0 ? end + 1 : SUMMARY_CHARS_MAX);
  }

  /** Models add quotes, full stops and words too many. */
  private static @Nullable String title(@Nullable String title) {
    if (title == null) {
      return null;
    }
    String clean = title.replaceAll("[\\p{Cntrl}\\s]+", " ").replaceAll("^[\"'“”*#\\s]+", "");
    clean = clean.replaceAll("[\"'“”*.\\s]+$", "");
    String[] words = clean.split(" ", TitleTerms.WORDS_MAX + 1);
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < Math.min(words.length, TitleTerms.WORDS_MAX); i++) {
      if (kept.length() + words[i].length() < TitleTerms.TITLE_CHARS_MAX) {
        kept.append(i == 0 ? "" : " ").append(words[i]);
      }
    }
    return kept.isEmpty() ? null : kept.toString();
  }

  private static @Nullable String string(JsonNode parent, String field) {
    JsonNode value = parent.get(field);
    return value == null || !value.isString() ? null : value.stringValue();
  }

  private static FailureException bad(String what) {
    return FailureException.of(
        FailureCode.PROVIDER_BAD_ANSWER, "the answer to the summary request " + what);
  }
}
