/** The HTTP door: takes chunks in and shows what became of them. */
@NullMarked
package dev.talkmill.worker.http;

import org.jspecify.annotations.NullMarked;
