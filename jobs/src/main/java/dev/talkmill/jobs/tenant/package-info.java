/** Tenants and their keys. */
@NullMarked
package dev.talkmill.jobs.tenant;

import org.jspecify.annotations.NullMarked;
