-- When the sweep may take an upload (greatest ignores NULL): those it has taken lie behind.
DROP INDEX upload_open;
CREATE INDEX upload_open ON upload (greatest(expires_at, lease_until)) WHERE state = 'OPEN';

-- Of every state: erasing a conversation deletes its uploads, and read all of its tenant's.
DROP INDEX upload_by_conversation;
CREATE INDEX upload_by_conversation ON upload (conversation_id, state);
