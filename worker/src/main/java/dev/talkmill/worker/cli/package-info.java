/** The command line: demo, transcribe, serve and help, all of them clients of the HTTP door. */
@NullMarked
package dev.talkmill.worker.cli;

import org.jspecify.annotations.NullMarked;
