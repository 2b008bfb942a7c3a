package dev.talkmill.pipeline.conversation;

/**
 * What decides whether a conversation is behind. Read under the conversation's row lock, in a
 * statement after the one that took it.
 *
 * @param waitsForExpected whether the finish named more chunks than have arrived so far
 * @param openChunks whether the current revision of a chunk has not ended
 * @param settledCount how often everything derived was made since the first finish
 */
public record ConversationFacts(
    boolean finished,
    boolean waitsForExpected,
    boolean openChunks,
    long generation,
    long transcriptGeneration,
    long summaryGeneration,
    int settledCount) {}
