/** What readers see: conversations, transcripts, ledger rows and events, read in one place. */
@NullMarked
package dev.talkmill.jobs.read;

import org.jspecify.annotations.NullMarked;
