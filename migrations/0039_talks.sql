-- Talks have a length. Those planned before took half an hour, as their calendar entries said.
alter table coaching_sessions add column minutes bigint not null default 30;
create index coaching_sessions_by_moment on coaching_sessions (at);
