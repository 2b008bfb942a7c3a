/** Generated histories of several dying processes against one database, checked against a model. */
@NullMarked
package dev.talkmill.jobs.simulation;

import org.jspecify.annotations.NullMarked;
