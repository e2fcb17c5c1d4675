-- Breaks within shifts, leave of people, and calendars that follow somebody's week.

alter table shifts add column breaks text not null default '[]';         -- JSON: after_minutes from its beginning, minutes
alter table roster_shifts add column breaks text not null default '[]';

create table leaves (
  id {{id}},
  user_id bigint not null references users (id),
  kind text not null,               -- holiday, illness, learning, other
  first_day text not null,          -- by the person's own clock, as 2026-12-24
  last_day text not null,           -- included
  note text not null,
  state text not null,              -- asked, granted, refused, withdrawn
  asked_at bigint not null,
  asked_by bigint,
  decided_at bigint,
  decided_by bigint,
  answer text not null
);
create index leaves_of_user on leaves (user_id, last_day);
create index leaves_by_state on leaves (state, last_day);

create table calendar_feeds (
  user_id bigint primary key references users (id),
  token_hash text not null unique,  -- SHA-256 of what stands in the address
  made_at bigint not null
);
