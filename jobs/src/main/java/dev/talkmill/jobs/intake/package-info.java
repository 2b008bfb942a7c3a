/** Taking chunks in: everything an upload API calls, over HTTP or in the same JVM. */
@NullMarked
package dev.talkmill.jobs.intake;

import org.jspecify.annotations.NullMarked;
