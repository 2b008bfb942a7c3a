/** Where settings come from, and the refusal of unknown or wrong ones before anything starts. */
@NullMarked
package dev.talkmill.worker.settings;

import org.jspecify.annotations.NullMarked;
