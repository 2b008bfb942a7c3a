/** AGGREGATE: chunk transcripts become one transcript on one timeline. */
@NullMarked
package dev.talkmill.pipeline.aggregate;

import org.jspecify.annotations.NullMarked;
