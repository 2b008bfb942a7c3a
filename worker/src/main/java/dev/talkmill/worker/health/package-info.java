/** What readiness says of the things that a worker needs, in plain words. */
@NullMarked
package dev.talkmill.worker.health;

import org.jspecify.annotations.NullMarked;
