package dev.talkmill.pipeline.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is shown at a time; ends at least a millisecond after it starts.
 *
 * @param lines one or two, without line breaks, never empty
 */
record Cue(long startMillis, long endMillis, @Nullable String speaker, List<String> lines) {}
