-- As before; but where there are as many tenants as places, each has one turn, and its row is the
-- one by which the tenant was found.
CREATE OR REPLACE FUNCTION due_rows(
  p_stage text, p_priority smallint, p_after uuid, p_full uuid[], p_wanted integer)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE plpgsql STABLE
SET enable_sort = off
SET enable_incremental_sort = off
AS $$
DECLARE
  nobody CONSTANT uuid := '00000000-0000-0000-0000-000000000000';
  at_now CONSTANT timestamptz := clock_timestamp();
  here   uuid := coalesce(p_after, nobody);
  found_tenant uuid;
  found_at     timestamptz;
  found_id     uuid;
  tenants uuid[] := '{}';
  firsts  uuid[] := '{}';
  wrapped boolean := false;
  quota integer;
BEGIN
  WHILE cardinality(tenants) < p_wanted LOOP
    SELECT s.tenant_id, s.next_attempt_at, s.id INTO found_tenant, found_at, found_id
    FROM talkmill.processing_status s
    WHERE s.state = 'PENDING' AND s.stage = p_stage AND s.priority = p_priority
      AND s.tenant_id > here
    ORDER BY s.tenant_id, s.next_attempt_at, s.id
    LIMIT 1;
    IF NOT FOUND OR (wrapped AND found_tenant > p_after) THEN
      EXIT WHEN wrapped OR p_after IS NULL;
      wrapped := true;
      here := nobody;
      CONTINUE;
    END IF;
    IF found_at <= at_now AND found_tenant <> ALL (p_full) THEN
      tenants := tenants || found_tenant;
      firsts := firsts || found_id;
    END IF;
    here := found_tenant;
  END LOOP;
  IF cardinality(tenants) >= p_wanted THEN
    RETURN QUERY SELECT * FROM unnest(tenants, firsts);
    RETURN;
  END IF;
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

-- The due rows of several stages, class after class; p_places is what all classes of a stage may
-- have, p_wanted what one of them may. A class that has all it could get keeps the share of its
-- weight, so no more is read of a later class than what can be left for that.
CREATE FUNCTION due_rows_by_class(
  p_stages text[], p_priorities smallint[], p_weights integer[], p_cursors uuid[],
  p_wanted integer[], p_places integer[],
  p_full_stages text[], p_full_tenants uuid[], p_paused uuid[])
RETURNS TABLE (stage text, priority smallint, tenant_id uuid, id uuid)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  here text := '';
  left_out uuid[];
  weight_taken integer;
  want integer;
  found integer;
BEGIN
  FOR i IN 1 .. cardinality(p_stages) LOOP
    IF p_stages[i] <> here THEN
      here := p_stages[i];
      weight_taken := 0;
      left_out := p_paused || ARRAY(
        SELECT f.tenant FROM unnest(p_full_stages, p_full_tenants) AS f (stage, tenant)
        WHERE f.stage = here);
    END IF;
    -- Turns are remembered from pass to pass, so a class may be due one more than its share.
    want := least(p_wanted[i],
                  1 + ceil(p_places[i] * p_weights[i]::numeric / (weight_taken + p_weights[i])));
    RETURN QUERY
      SELECT here, p_priorities[i], d.tenant_id, d.id
      FROM talkmill.due_rows(here, p_priorities[i], p_cursors[i], left_out, want) AS d;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found >= want THEN
      weight_taken := weight_taken + p_weights[i];
    END IF;
  END LOOP;
END
$$;

-- As before; and how many of those that are dispatched are of classes that nobody waits for.
DROP FUNCTION rows_in_flight();
CREATE FUNCTION rows_in_flight()
RETURNS TABLE (
  stage text, tenant_id uuid, rows bigint, queued bigint, patient bigint, fresh bigint)
LANGUAGE sql STABLE
SET enable_bitmapscan = off
SET enable_seqscan = off
SET enable_hashagg = off
SET enable_sort = off
SET enable_incremental_sort = off
AS $$
  SELECT s.stage, s.tenant_id, count(*), count(*) FILTER (WHERE s.state = 'QUEUED'),
         count(*) FILTER (WHERE s.state = 'QUEUED' AND s.priority > 1),
         count(*) FILTER (WHERE s.state = 'QUEUED' AND s.updated_at > now() - interval '1 s')
  FROM talkmill.processing_status s WHERE s.state IN ('QUEUED', 'PROCESSING')
  GROUP BY s.stage, s.tenant_id ORDER BY s.stage, s.tenant_id
$$;
