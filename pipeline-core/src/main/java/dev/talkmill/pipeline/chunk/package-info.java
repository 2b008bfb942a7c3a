/** Chunks: what an upload hands over, and how one ends. */
@NullMarked
package dev.talkmill.pipeline.chunk;

import org.jspecify.annotations.NullMarked;
