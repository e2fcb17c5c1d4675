-- Whoever lets too many offers in a row run out is set away; the last of them says after how many.
alter table routing_offers add column set_away_after bigint;    -- null: nobody was set away for it
create index routing_offers_of_user on routing_offers (user_id, id);
