-- Tenants, keys, projects, conversations, chunks and what is made from them.
--
-- Rules that hold for every table with a tenant_id: its primary key and every UNIQUE begin with
-- tenant_id, foreign keys between such tables carry it, and row-level security is FORCEd (the end of
-- V002 does that for all of them, and a test walks the catalogue).

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talkmill_app') THEN
    CREATE ROLE talkmill_app NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'talkmill_system') THEN
    CREATE ROLE talkmill_system NOLOGIN;
  END IF;
  EXECUTE format('GRANT talkmill_app, talkmill_system TO %I', current_user);
END
$$;

CREATE SCHEMA IF NOT EXISTS jobrunr;
GRANT USAGE ON SCHEMA talkmill TO talkmill_app, talkmill_system;
GRANT USAGE ON SCHEMA jobrunr TO talkmill_system;
-- JobRunr's own tables are made by its migrations right after ours, as the same owner.
ALTER DEFAULT PRIVILEGES IN SCHEMA jobrunr
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO talkmill_system;

-- The tenant of the running transaction. After a SET LOCAL has ended the setting is '' and not NULL.
CREATE FUNCTION current_tenant() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('talkmill.tenant_id', true), '')::uuid;

CREATE TABLE tenant (
  id          uuid PRIMARY KEY,
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE api_key (
  tenant_id   uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  -- SHA-256 of a 256-bit random secret: nothing slower is needed against guessing.
  secret_hash bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
  scopes      text[] NOT NULL CHECK (scopes <@ ARRAY['upload', 'read', 'admin', 'installation']),
  expires_at  timestamptz,
  revoked_at  timestamptz,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX api_key_by_hash ON api_key (secret_hash);

CREATE TABLE workspace (
  tenant_id   uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  id          uuid NOT NULL,
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE project (
  tenant_id    uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
  id           uuid NOT NULL,
  workspace_id uuid,
  name         text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  language     text CHECK (char_length(language) BETWEEN 2 AND 35),
  key_terms    text[] NOT NULL DEFAULT '{}' CHECK (cardinality(key_terms) <= 500),
  anonymize    boolean NOT NULL DEFAULT false,
  title_wanted boolean NOT NULL DEFAULT true,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, workspace_id) REFERENCES workspace (tenant_id, id)
);

CREATE TABLE conversation (
  tenant_id                 uuid NOT NULL,
  id                        uuid NOT NULL,
  project_id                uuid NOT NULL,
  participant_name          text CHECK (char_length(participant_name) <= 200),
  source                    text NOT NULL DEFAULT 'PORTAL_AUDIO',
  tags                      text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 50),
  title                     text CHECK (char_length(title) <= 200),
  -- A title set by a person is never overwritten.
  title_by_person           boolean NOT NULL DEFAULT false,
  summary                   text CHECK (char_length(summary) <= 20000),
  summary_model             text,
  is_finished               boolean NOT NULL DEFAULT false,
  finished_by               text CHECK (finished_by IN ('host', 'idle')),
  expected_chunks           integer CHECK (expected_chunks >= 0),
  is_all_chunks_transcribed boolean NOT NULL DEFAULT false,
  is_anonymized             boolean NOT NULL DEFAULT false,
  generation                bigint NOT NULL DEFAULT 1,
  transcript_generation     bigint NOT NULL DEFAULT 0,
  summary_generation        bigint NOT NULL DEFAULT 0,
  outcome                   text CHECK (outcome IN ('ok', 'no_speech', 'partial', 'failed', 'empty')),
  -- How often everything derived was made; the wait before the next time grows with it.
  settled_count             integer NOT NULL DEFAULT 0,
  next_ordinal              bigint NOT NULL DEFAULT 1,
  last_version              bigint NOT NULL DEFAULT 0,
  last_activity_at          timestamptz,
  created_at                timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at                timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, project_id) REFERENCES project (tenant_id, id) ON DELETE CASCADE,
  CHECK (transcript_generation <= generation),
  CHECK (summary_generation <= transcript_generation),
  CHECK (is_finished OR finished_by IS NULL),
  -- An outcome is only ever said of the newest generation.
  CHECK (outcome IS NULL OR (is_finished AND summary_generation = generation))
);
CREATE INDEX conversation_by_project ON conversation (tenant_id, project_id, id);
-- What the catch-up sweep reads: it costs what is open, not what has ever been.
CREATE INDEX conversation_behind ON conversation (tenant_id, id) WHERE is_finished AND outcome IS NULL;
CREATE INDEX conversation_idle ON conversation (last_activity_at)
  WHERE NOT is_finished AND last_activity_at IS NOT NULL;

CREATE TABLE conversation_chunk (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  conversation_id uuid NOT NULL,
  -- Set for SPLIT children only.
  parent_id       uuid,
  source          text NOT NULL
    CHECK (source IN ('PORTAL_AUDIO', 'PORTAL_TEXT', 'DASHBOARD_UPLOAD', 'SPLIT', 'IMPORT')),
  -- Order of acceptance, and the recorder's own order where it gave one.
  ordinal         bigint NOT NULL,
  sequence        bigint,
  recorded_at     timestamptz,
  revision        bigint NOT NULL DEFAULT 1,
  state           text NOT NULL DEFAULT 'OPEN'
    CHECK (state IN ('OPEN', 'TRANSCRIBED', 'NO_SPEECH', 'FAILED', 'SPLIT')),
  -- Failure code, or the verdict's code; null otherwise.
  code            text,
  bytes           bigint NOT NULL CHECK (bytes >= 0),
  sha256          text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  media_type      text NOT NULL CHECK (char_length(media_type) <= 100),
  storage_key     text,
  seconds         double precision,
  missing_seconds double precision NOT NULL DEFAULT 0,
  -- For SPLIT children: where its audio begins in the parent, and the stretch it answers for.
  offset_seconds  double precision NOT NULL DEFAULT 0,
  owned_start     double precision,
  owned_end       double precision,
  accepted_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id)
    REFERENCES conversation (tenant_id, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, parent_id)
    REFERENCES conversation_chunk (tenant_id, id) ON DELETE CASCADE,
  CHECK ((parent_id IS NOT NULL) = (source = 'SPLIT'))
);
CREATE INDEX chunk_by_conversation ON conversation_chunk (tenant_id, conversation_id, ordinal);
CREATE INDEX chunk_by_parent ON conversation_chunk (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX chunk_open ON conversation_chunk (tenant_id, conversation_id) WHERE state = 'OPEN';

-- Accepted bytes on their way to the object store. Out of line and uncompressed (audio does not
-- compress), and vacuumed by count: without that it grew to gigabytes under a steady stream.
CREATE TABLE chunk_spool (
  tenant_id  uuid NOT NULL,
  chunk_id   uuid NOT NULL,
  body       bytea NOT NULL,
  size       bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, chunk_id),
  FOREIGN KEY (tenant_id, chunk_id) REFERENCES conversation_chunk (tenant_id, id) ON DELETE CASCADE
);
ALTER TABLE chunk_spool ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE chunk_spool SET (
  autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_threshold = 5000, toast.autovacuum_vacuum_scale_factor = 0,
  toast.autovacuum_vacuum_cost_delay = 0);

CREATE TABLE chunk_transcript (
  tenant_id   uuid NOT NULL,
  chunk_id    uuid NOT NULL,
  revision    bigint NOT NULL,
  language    text,
  text        text NOT NULL,
  segments    jsonb NOT NULL,
  -- Invented speech that the guard dropped, with its reasons, kept as evidence.
  dropped     jsonb NOT NULL DEFAULT '[]',
  provider    text,
  model       text,
  request_id  text,
  attempt     integer,
  cost_micros bigint,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, chunk_id, revision),
  FOREIGN KEY (tenant_id, chunk_id) REFERENCES conversation_chunk (tenant_id, id) ON DELETE CASCADE
);

CREATE TABLE transcript (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  version         bigint NOT NULL,
  generation      bigint NOT NULL,
  language        text,
  text            text NOT NULL,
  gaps            jsonb NOT NULL,
  provenance      jsonb NOT NULL,
  is_current      boolean NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, conversation_id, version),
  FOREIGN KEY (tenant_id, conversation_id)
    REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX transcript_current ON transcript (tenant_id, conversation_id) WHERE is_current;

CREATE TABLE conversation_segment (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  version         bigint NOT NULL,
  ordinal         integer NOT NULL,
  start_seconds   double precision NOT NULL,
  end_seconds     double precision NOT NULL,
  speaker         text,
  text            text NOT NULL,
  confidence      double precision,
  words           jsonb NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, version, ordinal),
  FOREIGN KEY (tenant_id, conversation_id, version)
    REFERENCES transcript (tenant_id, conversation_id, version) ON DELETE CASCADE,
  CHECK (end_seconds >= start_seconds)
);

CREATE TABLE conversation_segment_conversation_chunk (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  version         bigint NOT NULL,
  ordinal         integer NOT NULL,
  chunk_id        uuid NOT NULL,
  PRIMARY KEY (tenant_id, conversation_id, version, ordinal, chunk_id),
  FOREIGN KEY (tenant_id, conversation_id, version, ordinal)
    REFERENCES conversation_segment (tenant_id, conversation_id, version, ordinal) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, chunk_id) REFERENCES conversation_chunk (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX segment_link_by_chunk
  ON conversation_segment_conversation_chunk (tenant_id, chunk_id);

CREATE TABLE upload (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  conversation_id uuid NOT NULL,
  state           text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'COMPLETED', 'EXPIRED')),
  bytes           bigint NOT NULL CHECK (bytes > 0),
  media_type      text NOT NULL CHECK (char_length(media_type) <= 100),
  sequence        bigint,
  recorded_at     timestamptz,
  storage_key     text NOT NULL,
  multipart_id    text NOT NULL,
  chunk_id        uuid,
  -- After this it cannot be confirmed any more; only then may the sweep take it, with a lease.
  expires_at      timestamptz NOT NULL,
  lease_until     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, conversation_id)
    REFERENCES conversation (tenant_id, id) ON DELETE CASCADE,
  CHECK ((chunk_id IS NOT NULL) = (state = 'COMPLETED'))
);
CREATE INDEX upload_open ON upload (expires_at) WHERE state = 'OPEN';
CREATE INDEX upload_by_conversation ON upload (tenant_id, conversation_id) WHERE state = 'OPEN';

CREATE TABLE idempotency_key (
  tenant_id       uuid NOT NULL,
  conversation_id uuid NOT NULL,
  key             text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  body_sha256     text NOT NULL,
  chunk_id        uuid NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, conversation_id, key),
  FOREIGN KEY (tenant_id, conversation_id)
    REFERENCES conversation (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- What must be deleted from the object store. It outlives the rows it stands for.
CREATE TABLE tombstone (
  tenant_id       uuid NOT NULL,
  id              uuid NOT NULL,
  conversation_id uuid NOT NULL,
  chunk_id        uuid,
  prefixes        text[] NOT NULL,
  -- Multipart uploads under way: key and id at the same place of both.
  multipart_keys  text[] NOT NULL DEFAULT '{}',
  multipart_ids   text[] NOT NULL DEFAULT '{}',
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  erased_at       timestamptz,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE audit_log (
  tenant_id  uuid NOT NULL,
  id         bigint GENERATED ALWAYS AS IDENTITY,
  actor      text NOT NULL CHECK (char_length(actor) <= 200),
  action     text NOT NULL CHECK (char_length(action) <= 100),
  subject_id uuid NOT NULL,
  detail     jsonb NOT NULL DEFAULT '{}',
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant_id, id)
);
