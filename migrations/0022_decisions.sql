-- Decisions are looked through by time and by the rule that made them; what was said against one is answered.

alter table routing_decisions add column rule text;             -- the rule that held; null: nobody noted it then
create index routing_decisions_by_time on routing_decisions (at, id);

alter table routing_contests add column is_right bigint;        -- 1: the decision was wrong, 0: it stands, null: not answered
alter table routing_contests add column answer text;
alter table routing_contests add column answered_by bigint;
alter table routing_contests add column answered_at bigint;
create index routing_contests_of_decision on routing_contests (decision_id);
