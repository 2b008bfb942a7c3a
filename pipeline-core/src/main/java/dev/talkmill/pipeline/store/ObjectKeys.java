package dev.talkmill.pipeline.store;

import java.util.UUID;

/** Names of objects in the bucket. They are made from ids of ours alone, never from user input. */
public final class ObjectKeys {

  private ObjectKeys() {}

  /** Everything of a conversation lies below this prefix. */
  public static String conversation(UUID tenant, UUID conversation) {
    return "t/" + tenant + "/c/" + conversation + "/";
  }

  public static String chunk(UUID tenant, UUID conversation, UUID chunk) {
    return conversation(tenant, conversation) + "k/" + chunk;
  }

  /** Where a client's presigned upload lands before it is confirmed. */
  public static String upload(UUID tenant, UUID conversation, UUID upload) {
    return conversation(tenant, conversation) + "u/" + upload;
  }

  /** Playable files of a conversation lie below this prefix. */
  public static String playables(UUID tenant, UUID conversation) {
    return conversation(tenant, conversation) + "a/";
  }

  /** The one playable file of a conversation at a generation. */
  public static String playable(UUID tenant, UUID conversation, long generation) {
    return playables(tenant, conversation) + generation + ".ogg";
  }
}
