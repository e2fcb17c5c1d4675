//! Asking for the next where queues say whose work it is.

use crate::*;

/// Of somebody else, and before hers.
const OTHERS: i64 = 5_001;

#[test]
fn whoever_asks_for_the_next_finds_it_behind_however_many_of_others() {
    for world in worlds() {
        let on = world.name();
        let (ana, kofi) = (world.agent("Ana"), world.agent("Kofi"));
        let (hers, his) = (world.group("Hers", &[ana]), world.group("His", &[kofi]));
        make(&world, QueuePolicy { groups: vec![his], ..tagged("his", "His") });
        let theirs = world.ticket("One of many");
        let mine = world.ticket("The one of hers");
        world.run_jobs();
        tag(&world, theirs, &["his"]);
        put_into(&world, mine, hers);
        world.write(move |tx| {
            tx.execute(
                "insert into tickets (subject, status, requester_id, submitter_id, brand_id, channel, tags, created_at,
                   updated_at, waiting_since, routing_version)
                 with recursive many (n) as (select cast(1 as bigint) union all select n + 1 from many where n < $1)
                 select t.subject, t.status, t.requester_id, t.submitter_id, t.brand_id, t.channel, t.tags,
                   t.created_at - 1000, t.updated_at, t.waiting_since - 1000, 1
                 from many cross join tickets t where t.id = $2",
                db::params![OTHERS, theirs],
            )
        });
        for user in [ana, kofi] {
            let away = SetPresence { user, status: PresenceStatus::Away };
            world.write_as(user, move |tx| routing::set_presence(tx, &away));
        }
        assert_eq!(take_next(&world, ana), Some(mine), "on {on}");
        assert_eq!(holder(&world, mine), Some(ana), "on {on}");
        assert_eq!(take_next(&world, ana), None, "nothing else of hers waits, on {on}");
        assert!(take_next(&world, kofi).is_some_and(|it| it != mine), "on {on}");
    }
}
