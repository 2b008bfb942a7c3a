/** The whole worker, as a process and through its door: what dies, what is bad, what comes out. */
@NullMarked
package dev.talkmill.worker.journey;

import org.jspecify.annotations.NullMarked;
