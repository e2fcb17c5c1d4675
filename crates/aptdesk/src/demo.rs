//! `aptdesk demo`: being laid.
#[derive(clap::Args)]
pub struct DemoFlags {}
pub fn run(_flags: &DemoFlags) -> crate::Outcome {
    Err("the demo is being built".into())
}
