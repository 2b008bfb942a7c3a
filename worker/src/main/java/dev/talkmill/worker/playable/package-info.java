/** The one playable file of a conversation, made on first request and kept. */
@NullMarked
package dev.talkmill.worker.playable;

import org.jspecify.annotations.NullMarked;
