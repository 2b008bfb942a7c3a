/** SUMMARIZE: a transcript becomes a few sentences and a title. */
@NullMarked
package dev.talkmill.pipeline.summarize;

import org.jspecify.annotations.NullMarked;
