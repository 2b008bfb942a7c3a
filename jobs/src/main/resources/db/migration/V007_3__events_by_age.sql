-- By age itself: by id, as many had to be read as may be deleted, to see that none is old enough.
DROP INDEX event_by_age;
CREATE INDEX event_by_age ON processing_event (created_at);
