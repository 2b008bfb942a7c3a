package dev.talkmill.pipeline.chunk;

/** Where a chunk came from. */
public enum ChunkSource {
  PORTAL_AUDIO,
  PORTAL_TEXT,
  DASHBOARD_UPLOAD,
  /** Cut from a long chunk by PREPARE; inside its parent for every count that users see. */
  SPLIT,
  IMPORT
}
