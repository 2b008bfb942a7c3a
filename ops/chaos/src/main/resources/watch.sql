-- What the checker cannot see afterwards in the application's own tables: who held a row when it
-- was ended, and whether somebody tried who held it no longer. Every life of a worker connects
-- under a name of its own.
CREATE SCHEMA chaos;

CREATE TABLE chaos.claim (
  status_id uuid NOT NULL,
  epoch     bigint NOT NULL,
  holder    text NOT NULL,
  PRIMARY KEY (status_id, epoch)
);

-- A row that was completed or failed by another than the holder of its epoch.
CREATE TABLE chaos.landed (
  status_id uuid NOT NULL,
  epoch     bigint NOT NULL,
  holder    text NOT NULL,
  writer    text NOT NULL,
  at        timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A row that was committed as dispatched without its job.
CREATE TABLE chaos.jobless (
  status_id uuid NOT NULL,
  epoch     bigint NOT NULL
);

-- A job that was committed without the row that it is for.
CREATE TABLE chaos.rowless (
  job_id uuid NOT NULL
);

-- Jobs of rows that were committed as dispatched.
CREATE TABLE chaos.dispatch (
  job_id uuid PRIMARY KEY
);

-- A fenced write that meets no row takes its transaction back, and every note of it; a sequence
-- counts all the same.
CREATE SEQUENCE chaos.tried MINVALUE 0 START 0;
SELECT nextval('chaos.tried');

CREATE FUNCTION chaos.watch_insert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO chaos.claim (status_id, epoch, holder)
  SELECT n.id, n.epoch, current_setting('application_name') FROM new_rows n
  WHERE n.state = 'PROCESSING'
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_inserted AFTER INSERT ON talkmill.processing_status
  REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION chaos.watch_insert();

CREATE FUNCTION chaos.watch_update() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  writer CONSTANT text := current_setting('application_name');
BEGIN
  IF NOT EXISTS (SELECT FROM new_rows) THEN
    IF current_query() LIKE '%epoch = $%''PROCESSING''%'
        AND current_query() NOT LIKE '%lease_until <%'
        AND current_query() NOT LIKE '%newer%' THEN
      PERFORM nextval('chaos.tried');
    END IF;
    RETURN NULL;
  END IF;
  INSERT INTO chaos.claim (status_id, epoch, holder)
  SELECT n.id, n.epoch, writer
  FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
  WHERE n.state = 'PROCESSING' AND n.epoch > o.epoch
  ON CONFLICT DO NOTHING;
  INSERT INTO chaos.dispatch (job_id)
  SELECT n.job_id
  FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
  WHERE n.state = 'QUEUED' AND o.state <> 'QUEUED'
  ON CONFLICT DO NOTHING;
  INSERT INTO chaos.landed (status_id, epoch, holder, writer)
  SELECT n.id, n.epoch, coalesce(c.holder, 'nobody'), writer
  FROM new_rows n
  JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
  LEFT JOIN chaos.claim c ON c.status_id = n.id AND c.epoch = o.epoch
  WHERE n.state IN ('COMPLETED', 'FAILED') AND c.holder IS DISTINCT FROM writer
    AND (o.state = 'PROCESSING' OR n.finished_at IS DISTINCT FROM o.finished_at);
  RETURN NULL;
END
$$;
CREATE TRIGGER chaos_updated AFTER UPDATE ON talkmill.processing_status
  REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION chaos.watch_update();

-- Looked at when the transaction commits: by then the relay has saved the job.
CREATE FUNCTION chaos.watch_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM jobrunr.jobrunr_jobs WHERE id = NEW.job_id::text) THEN
    INSERT INTO chaos.jobless (status_id, epoch) VALUES (NEW.id, NEW.epoch);
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER chaos_dispatched AFTER UPDATE ON talkmill.processing_status
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.state = 'QUEUED' AND OLD.state <> 'QUEUED')
  EXECUTE FUNCTION chaos.watch_job();

-- Looked at when the transaction commits: by then the relay has dispatched the row, if it is its.
CREATE FUNCTION chaos.watch_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM chaos.dispatch WHERE job_id = NEW.id::uuid) THEN
    INSERT INTO chaos.rowless (job_id) VALUES (NEW.id::uuid);
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER chaos_saved AFTER INSERT ON jobrunr.jobrunr_jobs
  DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION chaos.watch_row();

-- For the mutant that counts ended chunks: its counter, and its question for open ones.
CREATE TABLE chaos.fan_in (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  ended           bigint NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id)
);

CREATE FUNCTION chaos.is_open(tenant uuid, conversation uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER AS $$
SELECT (SELECT count(*) FROM talkmill.conversation_chunk k
        WHERE k.tenant_id = tenant AND k.conversation_id = conversation)
     > coalesce((SELECT f.ended FROM chaos.fan_in f
                 WHERE f.tenant_id = tenant AND f.conversation_id = conversation), 0)
$$;
GRANT USAGE ON SCHEMA chaos TO PUBLIC;
