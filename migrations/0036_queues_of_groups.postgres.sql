-- What was said of each group's work becomes a queue with that group as its condition.

insert into queues (name, position, conditions, groups, helpers, turn, weight, share)
select coalesce(g.name, 'No group'), coalesce(g.id, 999999),
  '{"all":[{"field":"group","operator":"is","values":["' || coalesce(cast(g.id as text), 'none') || '"]}],"any":[]}',
  '[]', coalesce(q.value ->> 'helpers', '[]'), q.value ->> 'turn',
  cast(q.value ->> 'weight' as double precision), cast(q.value ->> 'share' as double precision)
from settings s cross join lateral json_array_elements(cast(s.value as json) -> 'queues') q (value)
  left join groups g on g.id = cast(q.value ->> 'group' as bigint)
where s.key = 'routing' and (g.id is not null or q.value ->> 'group' is null);
