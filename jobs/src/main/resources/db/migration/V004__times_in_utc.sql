-- Readers see times in UTC, whatever zone the writing or reading session has: JSON made of a
-- timestamptz carries the session's offset. Events written before keep the offset they have.
CREATE FUNCTION utc(at timestamptz) RETURNS text
  LANGUAGE sql STABLE
  RETURN to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

CREATE OR REPLACE FUNCTION status_json(s processing_status) RETURNS jsonb
  LANGUAGE sql STABLE
  RETURN jsonb_build_object(
    'id', s.id, 'stage', s.stage, 'subject_id', s.subject_id, 'generation', s.generation,
    'state', s.state, 'outcome', s.outcome, 'cause', s.cause, 'error_code', s.error_code,
    'error_message', s.error_message, 'attempts', s.attempts,
    'next_attempt_at', CASE WHEN s.state = 'PENDING' THEN utc(s.next_attempt_at) END,
    'progress', s.progress, 'started_at', utc(s.started_at), 'finished_at', utc(s.finished_at),
    'duration_ms', s.duration_ms);
