/** Pauses: what operators have told the installation to leave alone for a while. */
@NullMarked
package dev.talkmill.jobs.pause;

import org.jspecify.annotations.NullMarked;
