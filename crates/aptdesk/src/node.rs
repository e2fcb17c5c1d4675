//! Which node this process is: a name kept in the data folder, and a lock that only one living process holds.
//!
//! Whoever holds the lock knows that the process which held it before is dead: so a restart may take up at once what
//! that process had reserved for itself, without waiting for it to be given up for lost.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// In the data folder.
const FILE: &str = "node";
/// Characters of a node's name.
const NAME_CHARS: usize = 12;

/// Held as long as the process lives; the system lets go of the lock however it ends.
#[derive(Debug)]
pub struct Node {
    pub name: String,
    _lock: File,
}

impl Node {
    /// `None` if another process runs from this folder, or the folder cannot be locked.
    pub fn of(data: &Path) -> Option<Node> {
        let path = data.join(FILE);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).ok()?;
        if let Err(error) = file.try_lock() {
            tracing::warn!(%error, "another process runs from this folder, or it cannot be locked");
            return None;
        }
        let mut name = String::new();
        file.read_to_string(&mut name).ok()?;
        let name = match is_name(name.trim()) {
            true => name.trim().to_owned(),
            false => {
                let new: String = desk::access::random_token()
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .take(NAME_CHARS)
                    .collect();
                file.set_len(0).ok()?;
                file.rewind().ok()?;
                file.write_all(new.as_bytes()).ok()?;
                new
            }
        };
        Some(Node { name, _lock: file })
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_CHARS && text.chars().all(|it| it.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_keeps_its_name_and_only_one_process_is_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = Node::of(folder.path()).expect("it is free");
        assert!(is_name(&first.name), "{}", first.name);
        assert!(Node::of(folder.path()).is_none(), "somebody is it already");
        let name = first.name.clone();
        drop(first);
        assert_eq!(Node::of(folder.path()).expect("it is free again").name, name);
    }

    #[test]
    fn what_is_no_name_is_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join(FILE), "../../etc: a very long text that is no name")
            .expect("written");
        let node = Node::of(folder.path()).expect("it is free");
        assert!(is_name(&node.name));
        let kept = std::fs::read_to_string(folder.path().join(FILE)).expect("it can be read");
        assert_eq!(kept, node.name);
    }
}
