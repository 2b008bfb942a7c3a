/** Speech engines: the offline recogniser and any OpenAI-compatible transcription endpoint. */
@NullMarked
package dev.talkmill.worker.speech;

import org.jspecify.annotations.NullMarked;
