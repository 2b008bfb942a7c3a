/** A real PostgreSQL for tests, one server per JVM and one database per test class. */
@NullMarked
package dev.talkmill.jobs.testing;

import org.jspecify.annotations.NullMarked;
