-- Hostile tickets in somebody's hands: routing asks for them at every step.
create index tickets_hostile on tickets (assignee_id) where anger >= 2 and status < 2 and deleted_at is null;
