-- What somebody holds is counted by channel before each decision: from the index alone, however much they hold.
drop index tickets_in_hand;
create index tickets_in_hand on tickets (assignee_id, channel) where status < 2 and deleted_at is null;
