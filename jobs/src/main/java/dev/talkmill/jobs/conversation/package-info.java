/** Conversations and chunks in PostgreSQL, and the rule that schedules what is behind. */
@NullMarked
package dev.talkmill.jobs.conversation;

import org.jspecify.annotations.NullMarked;
