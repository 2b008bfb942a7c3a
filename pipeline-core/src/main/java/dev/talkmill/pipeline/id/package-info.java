/** Identifiers: ordered by time where rows are many, derived where repeats must meet. */
@NullMarked
package dev.talkmill.pipeline.id;

import org.jspecify.annotations.NullMarked;
