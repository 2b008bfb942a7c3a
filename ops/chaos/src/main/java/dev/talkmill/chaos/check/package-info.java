/** A program of its own that judges a run by what is left of it: records, database and bucket. */
@NullMarked
package dev.talkmill.chaos.check;

import org.jspecify.annotations.NullMarked;
