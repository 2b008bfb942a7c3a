/**
 * JobRunr's dashboard on a server of ours: loopback only, with a password, safe from other pages.
 */
@NullMarked
package dev.talkmill.worker.dashboard;

import org.jspecify.annotations.NullMarked;
