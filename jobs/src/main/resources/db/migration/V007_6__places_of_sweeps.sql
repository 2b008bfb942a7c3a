-- Places in another order than sweeps go in now.
UPDATE sweep_lease SET cursor = NULL
WHERE name IN ('poison', 'idle_conversations', 'chunks_without_row');
