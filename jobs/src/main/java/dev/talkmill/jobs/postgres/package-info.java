/** The database: its roles, transactions and migrations. */
@NullMarked
package dev.talkmill.jobs.postgres;

import org.jspecify.annotations.NullMarked;
