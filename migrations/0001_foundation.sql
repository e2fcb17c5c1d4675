-- What every part stands on: settings, events (every change), jobs (what follows), blobs.
-- Moments are whole milliseconds since 1970; JSON is text.

create table settings (
  key text primary key,
  value text not null,
  updated_at bigint not null
);

-- Every change, written in the transaction that made it.
create table events (
  id {{id}},
  at bigint not null,
  actor_id bigint,
  kind text not null,
  subject text not null,          -- 'ticket', 'user', 'skill', …
  subject_id bigint not null,
  facts text not null
);
create index events_of_subject on events (subject, subject_id, id);

create table jobs (
  id {{id}},
  lane text not null,
  kind text not null,
  payload text not null,
  unique_key text unique,
  due_at bigint not null,
  attempts bigint not null,
  last_error text,
  created_at bigint not null,
  dead_at bigint,
  every_ms bigint
);
create index jobs_due on jobs (lane, due_at) where dead_at is null;

-- Files are stored once, by the SHA-256 of their bytes, outside the database.
create table blobs (
  sha256 text primary key,
  bytes bigint not null,
  content_type text not null,
  created_at bigint not null
);
