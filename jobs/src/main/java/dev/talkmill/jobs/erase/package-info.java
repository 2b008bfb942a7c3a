/**
 * Erasure: rows at once, objects by a tombstone that outlives them, and the fact in the audit log.
 */
@NullMarked
package dev.talkmill.jobs.erase;

import org.jspecify.annotations.NullMarked;
