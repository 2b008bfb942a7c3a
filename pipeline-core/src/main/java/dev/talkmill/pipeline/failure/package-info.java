/** What can go wrong, who is to blame for it, and whether another attempt is worth it. */
@NullMarked
package dev.talkmill.pipeline.failure;

import org.jspecify.annotations.NullMarked;
