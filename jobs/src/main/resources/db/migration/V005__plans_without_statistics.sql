-- Before a table is first analysed, every index that a condition touches looks as good as the next,
-- and a plan that is made then is kept by its connection. (tenant_id, id) must not fit an index that
-- narrows it to the tenant alone: accepting a chunk then read all chunks of its tenant, once for the
-- chunk and once for the foreign key of its bytes, and taking a lock all conversations. So these two
-- begin with what they are for, which no other tenant shares, and hold nothing else of the key.
DROP INDEX chunk_by_conversation;
-- In the conversation's own order, so that its first chunk is found without reading the others.
CREATE INDEX chunk_by_conversation
  ON conversation_chunk (conversation_id, (coalesce(sequence, ordinal)), ordinal);
DROP INDEX conversation_by_project;
CREATE INDEX conversation_by_project ON conversation (project_id, id);
