package dev.talkmill.pipeline.failure;

import java.util.Locale;

/** Who is to blame for a failure. It decides whether and when another attempt is made. */
public enum Cause {
  /** The uploaded material itself; no attempt will ever do better. */
  INPUT,
  /** A speech, summary or other outside service answered badly or not at all. */
  PROVIDER,
  /** Something of ours is full or away for a while: storage, disk, slots. */
  CAPACITY,
  /** A defect or a crash of ours. */
  INTERNAL,
  /** Somebody decided that it must not, or must not yet, be done. */
  POLICY;

  /** The name as it is stored and shown, for example {@code input}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
