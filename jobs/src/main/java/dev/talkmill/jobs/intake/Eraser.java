package dev.talkmill.jobs.intake;

import java.util.UUID;

/**
 * Erasure of what was recorded. When a method returns true the rows are gone and a durable order to
 * delete the objects stands; the objects follow.
 */
public interface Eraser {

  /**
   * Erases a conversation with everything that was made from it.
   *
   * @param actor who asked, for the audit log: at most 200 characters
   * @return false if the tenant has no such conversation
   */
  boolean eraseConversation(UUID tenant, UUID conversation, String actor);

  /**
   * Erases an uploaded chunk with its parts; everything derived is made again without it.
   *
   * @param actor who asked, for the audit log: at most 200 characters
   * @return false if the tenant's conversation has no such uploaded chunk
   */
  boolean eraseChunk(UUID tenant, UUID conversation, UUID chunk, String actor);
}
