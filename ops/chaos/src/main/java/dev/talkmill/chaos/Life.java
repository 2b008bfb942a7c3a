package dev.talkmill.chaos;

import dev.talkmill.chaos.agent.CrashPoint;
import java.nio.file.Path;

/** What a worker is to suffer from its start on. */
sealed interface Life {

  /** Nothing but what comes from outside. */
  record Plain() implements Life {}

  /**
   * It ends at a place.
   *
   * @param passes of the place; the last one is deadly; 1 or more
   */
  record Death(CrashPoint point, int passes) implements Life {}

  /**
   * Its wall clock is wrong.
   *
   * @param ahead file that says by how many milliseconds
   */
  record Clocked(Path ahead) implements Life {}

  /** It has hardly any heap. */
  record Starved(int heapMegabytes) implements Life {}

  /** Its data directory is a file system of its own, and a small one. */
  record Confined(int diskMegabytes) implements Life {}
}
