-- What was said of each group's work becomes a queue with that group as its condition.

insert into queues (name, position, conditions, groups, helpers, turn, weight, share)
select coalesce(g.name, 'No group'), coalesce(g.id, 999999),
  '{"all":[{"field":"group","operator":"is","values":["' || coalesce(cast(g.id as text), 'none') || '"]}],"any":[]}',
  '[]', coalesce(json_extract(q.value, '$.helpers'), '[]'), json_extract(q.value, '$.turn'),
  json_extract(q.value, '$.weight'), json_extract(q.value, '$.share')
from settings s, json_each(s.value, '$.queues') q
  left join groups g on g.id = json_extract(q.value, '$.group')
where s.key = 'routing' and (g.id is not null or json_extract(q.value, '$.group') is null);
