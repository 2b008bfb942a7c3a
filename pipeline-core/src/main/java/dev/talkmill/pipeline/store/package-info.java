/** STORE: accepted bytes become an object under a key of ours. */
@NullMarked
package dev.talkmill.pipeline.store;

import org.jspecify.annotations.NullMarked;
