/** Circuit breakers: while a provider is down, work for it waits instead of failing. */
@NullMarked
package dev.talkmill.worker.circuit;

import org.jspecify.annotations.NullMarked;
