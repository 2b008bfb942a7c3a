/** PREPARE: bytes of unknown origin become audio a recogniser can read, or a verdict. */
@NullMarked
package dev.talkmill.pipeline.prepare;

import org.jspecify.annotations.NullMarked;
