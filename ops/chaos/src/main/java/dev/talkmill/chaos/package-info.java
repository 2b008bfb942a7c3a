/** Packaged workers under load while processes are killed and their neighbours fail. */
@NullMarked
package dev.talkmill.chaos;

import org.jspecify.annotations.NullMarked;
