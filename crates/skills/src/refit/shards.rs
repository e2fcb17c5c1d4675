//! Work on many people at once. The number of shards is fixed, so that sums come out alike on any number of cores.

/// People are cut into this many runs; each run's sums are added up in the order of the runs.
pub(super) const SHARDS: usize = 16;

/// Calls `work` for every shard, on up to `threads` threads, and returns what it said, in order.
pub(super) fn each<S: Send, T: Send>(
    shards: &mut [S],
    threads: usize,
    work: impl Fn(&mut S) -> T + Sync,
) -> Vec<T> {
    if threads <= 1 || shards.len() <= 1 {
        return shards.iter_mut().map(work).collect();
    }
    let per_thread = shards.len().div_ceil(threads);
    let work = &work;
    std::thread::scope(|scope| {
        let running: Vec<_> = shards
            .chunks_mut(per_thread)
            .map(|chunk| scope.spawn(move || chunk.iter_mut().map(work).collect::<Vec<T>>()))
            .collect();
        let mut said = Vec::new();
        for thread in running {
            match thread.join() {
                Ok(part) => said.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        said
    })
}

/// Adds vectors of one length in their order.
pub(super) fn sum(parts: Vec<Vec<f64>>, length: usize) -> Vec<f64> {
    let mut total = vec![0.0; length];
    for part in parts {
        for (total, part) in total.iter_mut().zip(part) {
            *total += part;
        }
    }
    total
}
