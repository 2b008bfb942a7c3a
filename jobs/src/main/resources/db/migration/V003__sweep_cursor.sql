-- How far a sweep over everything has come: it goes on there after a restart, in whichever process
-- has the next turn. Null begins anew.
ALTER TABLE sweep_lease ADD COLUMN cursor text;
