-- Talks and tasks are written about once each.
alter table coaching_sessions add column told_at bigint;   -- when the other side was invited
alter table coaching_tasks add column reminded_at bigint;
