/** The process: it wires the pipeline to the outside world and runs it. */
@NullMarked
package dev.talkmill.worker;

import org.jspecify.annotations.NullMarked;
