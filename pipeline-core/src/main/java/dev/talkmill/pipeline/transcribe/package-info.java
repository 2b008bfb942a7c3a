/** TRANSCRIBE: audio becomes timed words, or a verdict. */
@NullMarked
package dev.talkmill.pipeline.transcribe;

import org.jspecify.annotations.NullMarked;
