/** Lanes: how much of each stage one process does at once. */
@NullMarked
package dev.talkmill.jobs.lane;

import org.jspecify.annotations.NullMarked;
