-- Conversations in the order in which they went quiet: those that record, and those whose finish
-- named more chunks than have come.
DROP INDEX conversation_idle;
CREATE INDEX conversation_idle ON conversation (last_activity_at, tenant_id, id)
  WHERE NOT is_finished AND last_activity_at IS NOT NULL;
CREATE INDEX conversation_expecting ON conversation (last_activity_at, tenant_id, id)
  WHERE is_finished AND outcome IS NULL AND expected_chunks IS NOT NULL;
