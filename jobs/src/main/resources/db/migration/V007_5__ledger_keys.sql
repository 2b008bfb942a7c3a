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
