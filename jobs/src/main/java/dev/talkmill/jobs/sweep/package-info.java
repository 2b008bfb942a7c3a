/** Sweeps: one class per chore, each mending what a crash or a lost message left behind. */
@NullMarked
package dev.talkmill.jobs.sweep;

import org.jspecify.annotations.NullMarked;
