//! Bytes that nobody sane would send, at the readers of foreign input. Each target checks what must always hold.

pub mod addresses;
pub mod folding;
pub mod mutate;
pub mod parse;
pub mod smtp;
pub mod threading;
pub mod tnef;

/// One reader and what must hold of it.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// From what mutation begins.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub const TARGETS: &[Target] = &[
    Target { name: "addresses", run: addresses::run, seeds: addresses::seeds },
    Target { name: "folding", run: folding::run, seeds: folding::seeds },
    Target { name: "parse", run: parse::run, seeds: parse::seeds },
    Target { name: "smtp", run: smtp::run, seeds: smtp::seeds },
    Target { name: "threading", run: threading::run, seeds: threading::seeds },
    Target { name: "tnef", run: tnef::run, seeds: tnef::seeds },
];

/// Writes a target's seeds into the folder that `APTDESK_FUZZ_SEEDS` names, before libFuzzer reads it.
pub fn lay_seeds(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let (Some(target), Some(folder)) = (target, std::env::var_os("APTDESK_FUZZ_SEEDS")) else { return };
    let folder = std::path::PathBuf::from(folder);
    std::fs::create_dir_all(&folder).expect("the folder of the seeds can be made");
    for (number, seed) in (target.seeds)().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number}")), seed).expect("a seed can be written");
    }
}

fn all(seeds: &[&[u8]]) -> Vec<Vec<u8>> {
    seeds.iter().map(|seed| seed.to_vec()).collect()
}
