/** Every setting of Talkmill: typed records with defaults and checks, and no logic. */
@NullMarked
package dev.talkmill.config;

import org.jspecify.annotations.NullMarked;
