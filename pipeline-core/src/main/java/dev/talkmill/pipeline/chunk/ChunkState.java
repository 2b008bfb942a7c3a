package dev.talkmill.pipeline.chunk;

import java.util.Locale;

/** How far the current revision of a chunk has come. */
public enum ChunkState {
  OPEN,
  TRANSCRIBED,
  NO_SPEECH,
  FAILED,
  /** Its SPLIT children stand for it. */
  SPLIT;

  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
