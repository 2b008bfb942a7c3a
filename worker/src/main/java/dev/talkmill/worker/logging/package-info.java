/**
 * How log lines look, and which of other libraries' lines are worth one; see logback-spring.xml.
 */
@NullMarked
package dev.talkmill.worker.logging;

import org.jspecify.annotations.NullMarked;
