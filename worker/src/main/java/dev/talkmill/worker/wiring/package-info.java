/**
 * Puts the process together: which adapter stands behind which port is decided here and nowhere
 * else.
 */
@NullMarked
package dev.talkmill.worker.wiring;

import org.jspecify.annotations.NullMarked;
