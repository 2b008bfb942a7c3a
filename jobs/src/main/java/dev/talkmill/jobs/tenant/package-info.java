/** Tenants, their keys and their projects. */
@NullMarked
package dev.talkmill.jobs.tenant;

import org.jspecify.annotations.NullMarked;
