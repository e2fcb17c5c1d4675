-- What a queue promised of a first answer, written down when it ended: by which promise, from when to when. And when a
-- queue's promise runs at all.
alter table queues add column hours text;    -- JSON: {"week": […], "holidays": […]}; null: every hour counts
create table promise_runs (
  id {{id}},
  ticket_id bigint not null references tickets (id),
  queue_id bigint not null,        -- it may be gone by now
  minutes bigint not null,         -- as it was promised then
  percent bigint not null,
  began_at bigint not null,        -- the customer began to wait
  due_at bigint not null,
  ended_at bigint not null,
  answered bigint not null         -- 1: by a public answer; 0: solved without one
);
create index promise_runs_of_ticket on promise_runs (ticket_id, id);
create index promise_runs_ended on promise_runs (ended_at);
-- What was answered before this stood anywhere is written down once, as it was counted until now.
insert into jobs (lane, kind, payload, unique_key, due_at, attempts, created_at)
select 'inside', 'write_past_promises', '"write_past_promises"', 'promises:past', 0, 0, 0
where exists (select 1 from queues where promise_minutes is not null);
