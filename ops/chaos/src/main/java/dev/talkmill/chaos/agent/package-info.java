/** What runs inside of a worker under test: it ends the process at a named place. */
@NullMarked
package dev.talkmill.chaos.agent;

import org.jspecify.annotations.NullMarked;
