/** Servers that the worker brings along: PostgreSQL and an S3-compatible store on local files. */
@NullMarked
package dev.talkmill.worker.embedded;

import org.jspecify.annotations.NullMarked;
