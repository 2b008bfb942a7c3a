/** One step per stage: read, call the port, decide, and the write that ends it. */
@NullMarked
package dev.talkmill.jobs.stage;

import org.jspecify.annotations.NullMarked;
