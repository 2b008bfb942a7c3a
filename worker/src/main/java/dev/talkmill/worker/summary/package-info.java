/** Summarisers: sentences picked from the transcript offline, or any OpenAI-compatible chat. */
@NullMarked
package dev.talkmill.worker.summary;

import org.jspecify.annotations.NullMarked;
