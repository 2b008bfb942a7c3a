/** Journeys through the durable core on text: no audio, no object store. */
@NullMarked
package dev.talkmill.jobs.journey;

import org.jspecify.annotations.NullMarked;
