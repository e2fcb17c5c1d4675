-- What a ticket asks of whoever gets it, with steps by which it asks less the longer it waits; and what people had to
-- say against decisions.

create table routing_requirements (
  ticket_id bigint primary key,
  requirements text not null,      -- JSON: expressions over skills, groups and people, with steps
  names_groups bigint not null,    -- 1: its groups are asked for there, and its own group keeps nobody out
  set_by bigint,                   -- null: a rule
  set_at bigint not null
);

create table routing_contests (
  id {{id}},
  decision_id bigint not null,
  ticket_id bigint not null,
  by_user_id bigint not null,
  reason text not null,
  at bigint not null
);
create index routing_contests_of_ticket on routing_contests (ticket_id, id);
