/**
 * What the pipeline means, in plain Java; start reading at {@link dev.talkmill.pipeline.Pipeline}.
 */
@NullMarked
package dev.talkmill.pipeline;

import org.jspecify.annotations.NullMarked;
