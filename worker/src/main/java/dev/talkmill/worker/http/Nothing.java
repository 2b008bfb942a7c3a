package dev.talkmill.worker.http;

/** A body without fields: it may be empty or {@code {}}. */
record Nothing() {}
