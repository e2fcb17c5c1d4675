-- A requester's tickets are counted from the index alone; deleted ones are looked at by nobody's page.
drop index tickets_of_requester;
create index tickets_of_requester on tickets (requester_id, id) where deleted_at is null;
