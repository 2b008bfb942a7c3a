/** How an upload API in the same JVM hands recordings over; README.md shows it. */
@NullMarked
package dev.talkmill.jobs.example;

import org.jspecify.annotations.NullMarked;
