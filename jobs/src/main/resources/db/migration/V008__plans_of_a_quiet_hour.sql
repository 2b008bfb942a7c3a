-- With statistics from an hour in which nothing waited, the planner takes every index of waiting or
-- open rows for empty, and one as good as the other. Only status_due yields the relay's order
-- unsorted; any other of them would be read whole, which is the backlog, once for every tenant.
ALTER FUNCTION due_rows(text, smallint, uuid, uuid[], integer) SET enable_sort = off;
ALTER FUNCTION due_rows(text, smallint, uuid, uuid[], integer) SET enable_incremental_sort = off;
ALTER FUNCTION oldest_due(text[], uuid[]) SET enable_sort = off;
ALTER FUNCTION oldest_due(text[], uuid[]) SET enable_incremental_sort = off;

-- How much of each stage is in flight, read in the order of status_in_flight for the same reason.
-- Rows pass through that index by the thousand a second; what has left it is skipped from the
-- second look on, unless the look is by a bitmap. A job that was dispatched a second ago and is not
-- claimed stands in line for something else than a connection.
CREATE FUNCTION rows_in_flight()
RETURNS TABLE (stage text, tenant_id uuid, rows bigint, queued bigint, fresh bigint)
LANGUAGE sql STABLE
SET enable_bitmapscan = off
SET enable_seqscan = off
SET enable_hashagg = off
SET enable_sort = off
SET enable_incremental_sort = off
AS $$
  SELECT s.stage, s.tenant_id, count(*), count(*) FILTER (WHERE s.state = 'QUEUED'),
         count(*) FILTER (WHERE s.state = 'QUEUED' AND s.updated_at > now() - interval '1 s')
  FROM talkmill.processing_status s WHERE s.state IN ('QUEUED', 'PROCESSING')
  GROUP BY s.stage, s.tenant_id ORDER BY s.stage, s.tenant_id
$$;
