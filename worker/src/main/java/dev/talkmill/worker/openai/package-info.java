/** What all calls to OpenAI-compatible endpoints share: limits, and what each failure means. */
@NullMarked
package dev.talkmill.worker.openai;

import org.jspecify.annotations.NullMarked;
