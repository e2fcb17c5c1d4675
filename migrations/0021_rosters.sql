-- Rosters: the shifts of one week, in draft until they are published; and each step, so that it can be taken back.

create table rosters (
  id {{id}},
  week text not null unique,        -- its Monday, as 2026-11-23
  drafted_at bigint,                -- null: there is no draft
  drafted_by bigint,
  published_at bigint,              -- null: the usual week holds
  published_by bigint
);

-- Like `shifts`: minutes from midnight by the person's own clock; an end beyond 1440 lies on the next day.
create table roster_shifts (
  id {{id}},
  roster_id bigint not null references rosters (id),
  is_draft bigint not null,
  user_id bigint not null references users (id),
  weekday bigint not null,          -- 0 Monday to 6 Sunday
  from_minute bigint not null,
  to_minute bigint not null
);
create index roster_shifts_of_roster on roster_shifts (roster_id, is_draft);

create table roster_steps (
  id {{id}},
  roster_id bigint not null references rosters (id),
  at bigint not null,
  by_user_id bigint,
  words text not null,              -- what was done
  before text not null              -- JSON: draft and published shifts as they were
);
create index roster_steps_of_roster on roster_steps (roster_id, id);
