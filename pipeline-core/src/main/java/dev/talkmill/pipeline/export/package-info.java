/** Exports: a transcript as plain text, Markdown or subtitles. */
@NullMarked
package dev.talkmill.pipeline.export;

import org.jspecify.annotations.NullMarked;
