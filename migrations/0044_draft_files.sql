-- A draft keeps the files that were added to it: the tokens under which they wait for their comment.
alter table drafts add column upload_tokens text not null default '[]';  -- JSON
