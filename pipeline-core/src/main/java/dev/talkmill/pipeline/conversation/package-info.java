/** Conversations: when derived things are behind, and how a conversation ends explained. */
@NullMarked
package dev.talkmill.pipeline.conversation;

import org.jspecify.annotations.NullMarked;
