/** Measures the pipeline beside references on the same PostgreSQL, in one run. */
@NullMarked
package dev.talkmill.bench;

import org.jspecify.annotations.NullMarked;
