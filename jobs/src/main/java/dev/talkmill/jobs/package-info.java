/** What makes the pipeline durable; {@link dev.talkmill.jobs.queue} runs it. */
@NullMarked
package dev.talkmill.jobs;

import org.jspecify.annotations.NullMarked;
