/** Decodes and joins recordings of unknown origin, in a confined child process. */
@NullMarked
package dev.talkmill.worker.audio;

import org.jspecify.annotations.NullMarked;
