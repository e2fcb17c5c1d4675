-- What a level stands on: observations, each counted as one at most, and the moment of the newest.
alter table proficiencies add column observed double precision not null default 0;
alter table proficiencies add column seen_at bigint;
alter table proficiencies drop column borrowed;
alter table refit_beliefs add column observed double precision not null default 0;
alter table refit_beliefs add column seen_at bigint;
alter table refit_beliefs drop column borrowed;

-- Until the next refit counts them, what is there already: nothing from before a release, so rather too little.
create table released_last as
  select e.user_id as user_id, m.skill_id as skill_id, max(e.id) as evidence_id
  from evidence e
  join evidence_moves m on m.evidence_id = e.id
  where e.kind = 'release' and e.struck_at is null
  group by e.user_id, m.skill_id;
create unique index released_last_of on released_last (user_id, skill_id);
create table counted_once as
  select e.user_id as user_id, m.skill_id as skill_id, e.id as evidence_id, e.at as at,
    (case when e.share > 0 and e.share < 1 then e.share else 1 end) * (m.weight / w.whole)
      * (case
           when e.kind = 'satisfaction' then 0.35
           when e.kind = 'handle_time' then 0.17
           else 1
         end) as counts
  from evidence e
  join evidence_moves m on m.evidence_id = e.id
  join (select evidence_id, sum(weight) as whole from evidence_moves group by evidence_id) w on w.evidence_id = e.id
  left join released_last r on r.user_id = e.user_id and r.skill_id = m.skill_id
  where e.struck_at is null and e.kind <> 'release' and m.weight > 0
    and (r.evidence_id is null or r.evidence_id < e.id);
create index counted_once_of on counted_once (user_id, skill_id);

update proficiencies set
  observed = coalesce((select sum(c.counts) from counted_once c
    where c.user_id = proficiencies.user_id and c.skill_id = proficiencies.skill_id), 0),
  seen_at = (select max(c.at) from counted_once c
    where c.user_id = proficiencies.user_id and c.skill_id = proficiencies.skill_id);
update refit_beliefs set
  observed = coalesce((select sum(c.counts) from counted_once c
    where c.user_id = refit_beliefs.user_id and c.skill_id = refit_beliefs.skill_id
      and c.evidence_id <= (select p.through_evidence from refit_people p where p.user_id = refit_beliefs.user_id)), 0),
  seen_at = (select max(c.at) from counted_once c
    where c.user_id = refit_beliefs.user_id and c.skill_id = refit_beliefs.skill_id
      and c.evidence_id <= (select p.through_evidence from refit_people p where p.user_id = refit_beliefs.user_id));
drop table counted_once;
drop table released_last;

-- Weeks of which the last words stand in belief_weeks, and the newest evidence that they know.
create table refit_weeks (
  week bigint primary key,
  through_evidence bigint not null
);
insert into refit_weeks (week, through_evidence)
  select w.week, coalesce((select max(e.id) from evidence e where e.recorded_at < (w.week + 1) * 604800000), 0)
  from (select distinct week from belief_weeks) w;
