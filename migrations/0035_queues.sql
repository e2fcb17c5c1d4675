-- What waits falls into the first queue whose conditions hold; each says who may have its work, when it goes, what waiting
-- costs there and what it promises. Into which queue a ticket falls is seen from its fields whenever it is looked at, and
-- stands nowhere.

create table queues (
  id {{id}},
  name text not null,
  position bigint not null,        -- the first whose conditions hold has the ticket
  conditions text not null,        -- JSON: {"all": […], "any": […]}
  groups text not null,            -- JSON: whose people may have its work; empty: those of the ticket's own group
  helpers text not null,           -- JSON: groups that help out, each after minutes of waiting
  turn text not null,              -- first, usual, last: among work of the same priority
  weight double precision not null,
  share double precision not null,
  promise_minutes bigint,          -- until the first answer; null: nothing is promised
  promise_percent bigint,          -- of its tickets
  is_default bigint not null default 0
);
-- What no other queue takes; it is always there and always the last.
create unique index queues_default on queues (is_default) where is_default = 1;
insert into queues (name, position, conditions, groups, helpers, turn, weight, share, is_default)
  values ('Everything else', 1000000, '{"all":[],"any":[]}', '[]', '[]', 'usual', 1.0, 1.0, 1);
