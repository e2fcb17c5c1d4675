-- Routing in memory: one process decides, by a lease, and commits only what still fits what it was decided upon.

create table routing_lease (
  id bigint primary key,           -- 1: there is only one
  holder text not null,
  epoch bigint not null,           -- grows with each new holder
  until bigint not null,
  watched_at bigint,               -- what the holder last saw of itself
  waiting bigint,
  side_by_side bigint              -- people with room beside work that they may have; always 0
);

-- Grows when what a ticket asks for changes; 0 until its needs are understood.
alter table tickets add column routing_version bigint not null default 0;

-- Work of the queue that nobody does any more: the holder of the lease sees the tickets and people themselves.
delete from jobs where kind in ('route_ticket', 'relax_ticket', 'fill_hands_of', 'return_work_of');
