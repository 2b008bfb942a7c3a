package dev.talkmill.worker.http;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;

/** JSON that comes from the database and goes out as it is. */
record RawJson(@JsonValue @JsonRawValue String json) {}
