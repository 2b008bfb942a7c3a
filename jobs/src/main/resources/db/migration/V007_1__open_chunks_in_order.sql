-- What is asked round after round reads a page of an index in the index's own order, and goes on
-- behind it: neither history nor a backlog is read for it.

-- A migration a table: none is locked while the index of another is built.

-- Open chunks one after the other, conversation by conversation.
DROP INDEX chunk_open;
CREATE INDEX chunk_open ON conversation_chunk (tenant_id, conversation_id, id) WHERE state = 'OPEN';
