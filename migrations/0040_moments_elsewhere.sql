-- A moment may be about work that was imported from another desk. A column cannot learn to be empty on both databases, so
-- that the table is made anew; nothing refers to its rows.
create table coaching_moments_anew (
  id {{id}},
  week bigint not null,            -- its Monday, 00:00 UTC
  user_id bigint not null references users (id),
  ticket_id bigint,                -- of this desk
  imported_id bigint,              -- or of another: an imported outcome
  evidence_id bigint not null references evidence (id),
  skill_id bigint not null references skills (id),
  moment text not null,            -- JSON: surprise, gap, doubt, demand, score
  score double precision not null,
  created_at bigint not null,
  talked_at bigint,
  talked_by bigint,
  unique (user_id, week, ticket_id),
  unique (user_id, week, imported_id)
);
insert into coaching_moments_anew
  (week, user_id, ticket_id, evidence_id, skill_id, moment, score, created_at, talked_at, talked_by)
select week, user_id, ticket_id, evidence_id, skill_id, moment, score, created_at, talked_at, talked_by
from coaching_moments order by id;
drop table coaching_moments;
alter table coaching_moments_anew rename to coaching_moments;
create index coaching_moments_of_week on coaching_moments (week, user_id);
