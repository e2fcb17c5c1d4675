-- Role profiles: what a job asks and who has it; weekly shifts; what a skill stands on, and how two became one.

create table role_profiles (
  id {{id}},
  key text not null unique,
  name text not null,
  meaning text not null,
  source text not null default '',  -- where its figures come from, in words
  created_at bigint not null,
  updated_at bigint not null,
  retired_at bigint
);
create table role_requirements (
  role_id bigint not null references role_profiles (id),
  skill_id bigint not null references skills (id),
  level double precision not null,
  weight double precision not null,
  at_least bigint,                  -- null: everyone in the role; else so many of those present
  primary key (role_id, skill_id)
);
create table role_holders (
  role_id bigint not null references role_profiles (id),
  user_id bigint not null references users (id),
  since bigint not null,
  primary key (role_id, user_id)
);
create index role_holders_of_user on role_holders (user_id);

-- The week of a person by their own clock. Minutes from midnight; an end beyond 1440 lies on the next day.
create table shifts (
  id {{id}},
  user_id bigint not null references users (id),
  weekday bigint not null,          -- 0 Monday to 6 Sunday
  from_minute bigint not null,
  to_minute bigint not null,
  created_at bigint not null
);
create index shifts_of_user on shifts (user_id);

create table skill_prerequisites (
  skill_id bigint not null references skills (id),
  needs_id bigint not null references skills (id),
  level double precision not null,
  primary key (skill_id, needs_id)
);

-- One skill went into another. What was moved is kept, so that it can be moved back.
create table skill_merges (
  id {{id}},
  from_id bigint not null references skills (id),
  into_id bigint not null references skills (id),
  at bigint not null,
  by_user_id bigint,
  moved text not null,              -- JSON: rows that changed their skill
  undone_at bigint
);
create index skill_merges_of_skill on skill_merges (into_id);

-- Who was here when: read by planning for the past weeks.
create index events_of_presence on events (subject_id, at) where kind = 'presence_changed';
