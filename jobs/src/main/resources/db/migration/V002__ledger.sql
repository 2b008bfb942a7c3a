-- The ledger: one row is one unit of durable work. docs/state-machine.md draws its states.

CREATE TABLE processing_status (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  project_id      uuid NOT NULL,
  conversation_id uuid NOT NULL,
  subject_id      uuid NOT NULL,
  stage           text NOT NULL
    CHECK (stage IN ('STORE', 'PREPARE', 'TRANSCRIBE', 'AGGREGATE', 'SUMMARIZE', 'ERASE')),
  -- The conversation's generation, or the chunk's revision.
  generation      bigint NOT NULL,
  state           text NOT NULL DEFAULT 'PENDING'
    CHECK (state IN ('PENDING', 'QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  priority        smallint NOT NULL DEFAULT 0 CHECK (priority BETWEEN 0 AND 4),
  provider        text,
  outcome         text,
  cause           text CHECK (cause IN ('input', 'provider', 'capacity', 'internal', 'policy')),
  error_code      text,
  error_message   text CHECK (char_length(error_message) <= 1000),
  attempts        integer NOT NULL DEFAULT 0,
  crash_count     integer NOT NULL DEFAULT 0,
  -- Fencing token: goes up at every dispatch and every claim, never down.
  epoch           bigint NOT NULL DEFAULT 0,
  job_id          uuid,
  lease_until     timestamptz,
  next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  progress        real CHECK (progress BETWEEN 0 AND 1),
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at      timestamptz,
  finished_at     timestamptz,
  duration_ms     bigint,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id) REFERENCES tenant (id) ON DELETE CASCADE,
  UNIQUE (tenant_id, stage, subject_id, generation),
  CHECK ((state IN ('QUEUED', 'PROCESSING')) = (lease_until IS NOT NULL)),
  CHECK ((state IN ('COMPLETED', 'FAILED', 'CANCELLED')) = (finished_at IS NOT NULL)),
  CHECK ((state = 'COMPLETED') = (outcome IS NOT NULL)),
  CHECK (state <> 'FAILED' OR (cause IS NOT NULL AND error_code IS NOT NULL))
);
CREATE UNIQUE INDEX status_open ON processing_status (tenant_id, stage, subject_id)
  WHERE state IN ('PENDING', 'QUEUED', 'PROCESSING');
-- The relay's skip scan: one tenant a step, the earliest row of each.
CREATE INDEX status_due ON processing_status (stage, priority, tenant_id, next_attempt_at, id)
  WHERE state = 'PENDING';
CREATE INDEX status_next ON processing_status (next_attempt_at) WHERE state = 'PENDING';
CREATE INDEX status_lease ON processing_status (lease_until) WHERE state IN ('QUEUED', 'PROCESSING');
CREATE INDEX status_in_flight ON processing_status (stage, tenant_id)
  WHERE state IN ('QUEUED', 'PROCESSING');
-- Which failed jobs of the dashboard still belong to a row.
CREATE INDEX status_job ON processing_status (job_id)
  WHERE job_id IS NOT NULL AND state IN ('FAILED', 'PENDING');
CREATE INDEX status_by_conversation ON processing_status (tenant_id, conversation_id, id);
CREATE INDEX status_failed ON processing_status (tenant_id, id) WHERE state = 'FAILED';
CREATE INDEX status_finished ON processing_status (finished_at)
  WHERE state IN ('COMPLETED', 'CANCELLED');
ALTER TABLE processing_status SET (
  fillfactor = 85, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.02);

-- What happened to rows, append-only. Ids are allotted before commit, so readers order by (xid, id)
-- and read only below pg_snapshot_xmin(pg_current_snapshot()).
CREATE TABLE processing_event (
  tenant_id       uuid NOT NULL,
  id              bigint GENERATED ALWAYS AS IDENTITY,
  xid             xid8 NOT NULL DEFAULT pg_current_xact_id(),
  conversation_id uuid NOT NULL,
  status_id       uuid NOT NULL,
  event           text NOT NULL,
  data            jsonb NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX event_by_conversation ON processing_event (tenant_id, conversation_id, xid, id);
CREATE INDEX event_by_age ON processing_event (id);

-- Intent before money: written before a provider is called, closed with the result.
CREATE TABLE provider_call (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  status_id       uuid NOT NULL,
  epoch           bigint NOT NULL,
  conversation_id uuid NOT NULL,
  provider        text NOT NULL,
  model           text NOT NULL,
  state           text NOT NULL DEFAULT 'STARTED'
    CHECK (state IN ('STARTED', 'DONE', 'FAILED', 'ABANDONED')),
  seconds         double precision,
  request_id      text,
  cost_micros     bigint,
  error_code      text,
  deadline        timestamptz NOT NULL,
  started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at     timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX provider_call_open ON provider_call (deadline) WHERE state = 'STARTED';
CREATE INDEX provider_call_by_conversation ON provider_call (tenant_id, conversation_id);

-- Held by a sweep that calls S3 or a provider, and so cannot hold a transaction meanwhile.
CREATE TABLE sweep_lease (
  name        text PRIMARY KEY,
  holder      uuid NOT NULL,
  lease_until timestamptz NOT NULL
);

-- A row as readers see it; also the data of its events.
CREATE FUNCTION status_json(s processing_status) RETURNS jsonb
  LANGUAGE sql STABLE
  RETURN jsonb_build_object(
    'id', s.id, 'stage', s.stage, 'subject_id', s.subject_id, 'generation', s.generation,
    'state', s.state, 'outcome', s.outcome, 'cause', s.cause, 'error_code', s.error_code,
    'error_message', s.error_message, 'attempts', s.attempts,
    'next_attempt_at', CASE WHEN s.state = 'PENDING' THEN s.next_attempt_at END,
    'progress', s.progress, 'started_at', s.started_at, 'finished_at', s.finished_at,
    'duration_ms', s.duration_ms);

-- History is written by triggers so that no path can forget it; one INSERT a statement.
CREATE FUNCTION record_scheduled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO talkmill.processing_event (tenant_id, conversation_id, status_id, event, data)
  SELECT n.tenant_id, n.conversation_id, n.id,
         CASE n.state WHEN 'PENDING' THEN 'stage.scheduled' WHEN 'PROCESSING' THEN 'stage.started'
                      ELSE 'stage.' || lower(n.state) END,
         talkmill.status_json(n)
  FROM new_rows n;
  RETURN NULL;
END
$$;
CREATE TRIGGER status_inserted AFTER INSERT ON processing_status
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_scheduled();

CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO talkmill.processing_event (tenant_id, conversation_id, status_id, event, data)
  SELECT n.tenant_id, n.conversation_id, n.id,
         CASE WHEN n.state = o.state THEN 'stage.progress'
              WHEN n.state = 'PROCESSING' THEN 'stage.started'
              WHEN n.state = 'PENDING' AND o.state = 'FAILED' THEN 'stage.requeued'
              WHEN n.state = 'PENDING' AND n.attempts > o.attempts THEN 'stage.retrying'
              WHEN n.state = 'PENDING' THEN 'stage.returned'
              ELSE 'stage.' || lower(n.state) END,
         talkmill.status_json(n)
  FROM new_rows n
  JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
  WHERE n.state <> o.state OR n.progress IS DISTINCT FROM o.progress;
  RETURN NULL;
END
$$;
CREATE TRIGGER status_changed AFTER UPDATE ON processing_status
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION record_change();

-- Row-level security, forced, on every table that has a tenant.
DO $$
DECLARE t text;
BEGIN
  FOR t IN
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'talkmill'::regnamespace AND c.relkind = 'r'
      AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LOOP
    EXECUTE format('ALTER TABLE talkmill.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE talkmill.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY tenant_only ON talkmill.%I TO talkmill_app
      USING (tenant_id = talkmill.current_tenant())
      WITH CHECK (tenant_id = talkmill.current_tenant())', t);
    EXECUTE format('CREATE POLICY all_tenants ON talkmill.%I TO talkmill_system
      USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON talkmill.%I TO talkmill_system', t);
  END LOOP;
END
$$;
ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenant TO talkmill_app USING (id = current_tenant());
CREATE POLICY all_tenants ON tenant TO talkmill_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON tenant, sweep_lease TO talkmill_system;

-- The tenant's own role: everything of a conversation, nothing of keys but to read them.
GRANT SELECT ON tenant, api_key, workspace, audit_log TO talkmill_app;
GRANT INSERT ON audit_log, workspace TO talkmill_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  project, conversation, conversation_chunk, chunk_spool, chunk_transcript, transcript,
  conversation_segment, conversation_segment_conversation_chunk, upload, idempotency_key,
  tombstone, processing_status, processing_event, provider_call
  TO talkmill_app;

-- The relay's question: which rows of a stage and class are next, one row a tenant a turn, beginning
-- with the tenant after p_after? A skip scan: one index probe a tenant, whatever the backlog.
CREATE FUNCTION due_rows(
  p_stage text, p_priority smallint, p_after uuid, p_full uuid[], p_wanted integer)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  at_now CONSTANT timestamptz := clock_timestamp();
  here   uuid := coalesce(p_after, nobody);
  found_tenant uuid;
  found_at     timestamptz;
  tenants uuid[] := '{}';
  wrapped boolean := false;
  quota integer;
BEGIN
  WHILE cardinality(tenants) < p_wanted LOOP
    SELECT s.tenant_id, s.next_attempt_at INTO found_tenant, found_at
    FROM talkmill.processing_status s
    WHERE s.state = 'PENDING' AND s.stage = p_stage AND s.priority = p_priority
      AND s.tenant_id > here
    ORDER BY s.tenant_id, s.next_attempt_at
    LIMIT 1;
    IF NOT FOUND OR (wrapped AND found_tenant > p_after) THEN
      EXIT WHEN wrapped OR p_after IS NULL;
      wrapped := true;
      here := nobody;
      CONTINUE;
    END IF;
    IF found_at <= at_now AND found_tenant <> ALL (p_full) THEN
      tenants := tenants || found_tenant;
    END IF;
    here := found_tenant;
  END LOOP;
  IF cardinality(tenants) = 0 THEN
    RETURN;
  END IF;
  quota := 1 + 2 * p_wanted / cardinality(tenants);
  RETURN QUERY
    SELECT t.tenant_id, d.id
    FROM unnest(tenants) WITH ORDINALITY AS t (tenant_id, place)
    CROSS JOIN LATERAL (
      SELECT s.id, row_number() OVER (ORDER BY s.next_attempt_at, s.id) AS turn
      FROM talkmill.processing_status s
      WHERE s.state = 'PENDING' AND s.stage = p_stage AND s.priority = p_priority
        AND s.tenant_id = t.tenant_id AND s.next_attempt_at <= at_now
      ORDER BY s.next_attempt_at, s.id
      LIMIT quota) d
    ORDER BY d.turn, t.place
    LIMIT p_wanted;
END
$$;
