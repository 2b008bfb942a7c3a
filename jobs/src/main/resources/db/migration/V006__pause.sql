-- What operators have paused: a tenant, a stage or a provider. A row here is all that a pause is, so
-- it survives every process; the relay reads it in its own pass.
CREATE TABLE pause (
  kind            text NOT NULL CHECK (kind IN ('tenant', 'stage', 'provider')),
  name            text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  reason          text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 500),
  created_by      text NOT NULL CHECK (char_length(created_by) <= 200),
  -- Made by an operator of the installation; a tenant's own administrator can't end it.
  by_installation boolean NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (kind, name),
  CHECK (CASE kind WHEN 'tenant' THEN name = name::uuid::text ELSE true END)
);
-- A tenant reads why its own work waits, and no other tenant's name.
ALTER TABLE pause ENABLE ROW LEVEL SECURITY;
ALTER TABLE pause FORCE ROW LEVEL SECURITY;
CREATE POLICY of_tenant ON pause FOR SELECT TO talkmill_app
  USING (kind <> 'tenant' OR name = talkmill.current_tenant()::text);
CREATE POLICY all_tenants ON pause TO talkmill_system USING (true) WITH CHECK (true);
GRANT SELECT ON pause TO talkmill_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON pause TO talkmill_system;

-- When the oldest row came due of these stages and of all but these tenants: asked while something
-- is paused, whose backlog must not be walked. A skip scan: one index probe a tenant.
CREATE FUNCTION oldest_due(p_stages text[], p_without uuid[]) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  in_stage text;
  in_class smallint;
  here     uuid;
  found_at timestamptz;
  oldest   timestamptz;
BEGIN
  FOREACH in_stage IN ARRAY p_stages LOOP
    FOREACH in_class IN ARRAY '{0,1,2,3,4}'::smallint[] LOOP
      here := '00000000-0000-0000-0000-000000000000';
      LOOP
        SELECT s.tenant_id, s.next_attempt_at INTO here, found_at
        FROM talkmill.processing_status s
        WHERE s.state = 'PENDING' AND s.stage = in_stage AND s.priority = in_class
          AND s.tenant_id > here
        ORDER BY s.tenant_id, s.next_attempt_at
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF here <> ALL (p_without) THEN
          oldest := least(oldest, found_at);
        END IF;
      END LOOP;
    END LOOP;
  END LOOP;
  RETURN oldest;
END
$$;
