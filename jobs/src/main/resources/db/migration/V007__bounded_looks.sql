-- What is asked round after round reads a page of an index in the index's own order, and goes on
-- behind it: neither history nor a backlog is read for it.

-- Open chunks one after the other, conversation by conversation.
DROP INDEX chunk_open;
CREATE INDEX chunk_open ON conversation_chunk (tenant_id, conversation_id, id) WHERE state = 'OPEN';

-- Conversations in the order in which they went quiet: those that record, and those whose finish
-- named more chunks than have come.
DROP INDEX conversation_idle;
CREATE INDEX conversation_idle ON conversation (last_activity_at, tenant_id, id)
  WHERE NOT is_finished AND last_activity_at IS NOT NULL;
CREATE INDEX conversation_expecting ON conversation (last_activity_at, tenant_id, id)
  WHERE is_finished AND outcome IS NULL AND expected_chunks IS NOT NULL;

-- By age itself: by id, as many had to be read as may be deleted, to see that none is old enough.
DROP INDEX event_by_age;
CREATE INDEX event_by_age ON processing_event (created_at);

-- When the sweep may take an upload (greatest ignores NULL): those it has taken lie behind.
DROP INDEX upload_open;
CREATE INDEX upload_open ON upload (greatest(expires_at, lease_until)) WHERE state = 'OPEN';

-- Of every state: erasing a conversation deletes its uploads, and read all of its tenant's.
DROP INDEX upload_by_conversation;
CREATE INDEX upload_by_conversation ON upload (conversation_id, state);

-- The few that are listed among very many that are not.
CREATE INDEX status_cancelled ON processing_status (tenant_id, id) WHERE state = 'CANCELLED';

-- Beside (tenant_id, id) no index of the ledger may fit both, or fit the tenant alone, or a plan from
-- before there are statistics reads all rows of a tenant to find one (see V005). Keys carry the
-- tenant still, but begin with the subject, which no other tenant shares.
DROP INDEX status_by_conversation;
CREATE INDEX status_by_conversation ON processing_status (conversation_id, id);
ALTER TABLE processing_status
  DROP CONSTRAINT processing_status_tenant_id_stage_subject_id_generation_key,
  ADD CONSTRAINT status_once UNIQUE (subject_id, stage, generation, tenant_id);

-- Places in another order than sweeps go in now.
UPDATE sweep_lease SET cursor = NULL
WHERE name IN ('poison', 'idle_conversations', 'chunks_without_row');
