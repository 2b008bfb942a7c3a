package dev.talkmill.jobs.stage;

import java.nio.file.Path;

/** Cuts a stretch of a WAV file into another; times in seconds. */
@FunctionalInterface
public interface WavCutter {
  void cut(Path wav, double start, double end, Path target);
}
