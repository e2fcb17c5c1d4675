-- Leave for a part of one day: from and until which minute of it, by the person's own clock; null: the whole of its days.
alter table leaves add column from_minute bigint;
alter table leaves add column to_minute bigint;
