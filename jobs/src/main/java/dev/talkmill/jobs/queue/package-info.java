/** JobRunr: the relay that feeds it, the handlers it runs, and the watchdog over it. */
@NullMarked
package dev.talkmill.jobs.queue;

import org.jspecify.annotations.NullMarked;
