-- Who is here, how much they can hold, and why each piece of work went where it went.

create table presences (
  user_id bigint primary key references users (id),
  status text not null,            -- online, away, offline
  since bigint not null,
  last_seen_at bigint not null,
  last_assigned_at bigint,
  idle_since bigint
);
create index presences_here on presences (status) where status <> 'offline';

create table capacities (
  user_id bigint not null references users (id),
  channel text not null,
  limit_count bigint not null,
  primary key (user_id, channel)
);

create table routing_decisions (
  id {{id}},
  ticket_id bigint not null,
  at bigint not null,
  cause text not null,             -- arrival, free, offline, reopened, by hand
  chosen_id bigint,
  explored bigint not null default 0,
  decision text not null           -- JSON: candidates, scores, reasons, runners-up
);
create index routing_decisions_of_ticket on routing_decisions (ticket_id, id);

create table satisfaction_ratings (
  id {{id}},
  ticket_id bigint not null unique,
  requester_id bigint not null,
  assignee_id bigint,
  group_id bigint,
  token_hash text not null unique,
  asked_at bigint not null,
  expires_at bigint not null,
  score bigint,                    -- 1 to 5
  reason text,
  comment text,
  answered_at bigint
);
create index satisfaction_ratings_of_assignee on satisfaction_ratings (assignee_id, answered_at);

-- What somebody has in hand, and what waits for somebody: new and open tickets.
create index tickets_in_hand on tickets (assignee_id) where status < 2 and deleted_at is null;
create index tickets_in_queue on tickets (coalesce(waiting_since, created_at))
  where status < 2 and assignee_id is null and deleted_at is null;
