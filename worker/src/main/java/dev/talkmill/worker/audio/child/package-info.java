/**
 * What runs in the decoder's child process: it knows the codec library and nothing of the worker.
 */
@NullMarked
package dev.talkmill.worker.audio.child;

import org.jspecify.annotations.NullMarked;
