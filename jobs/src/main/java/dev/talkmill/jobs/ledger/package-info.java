/** The ledger: claims, leases and guarded writes on {@code processing_status}. */
@NullMarked
package dev.talkmill.jobs.ledger;

import org.jspecify.annotations.NullMarked;
