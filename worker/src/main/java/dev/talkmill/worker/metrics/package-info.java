/** Meters of what only the ledger knows, and of JobRunr's jobs. */
@NullMarked
package dev.talkmill.worker.metrics;

import org.jspecify.annotations.NullMarked;
