//! Files by the SHA-256 of their bytes, in a folder. A file is on the disk before its row is committed.

use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The largest file that is put away in one piece.
pub const BLOB_BYTES_MAX: usize = 50 * 1024 * 1024;

/// The beginning of a file, by which its type is told.
const HEAD_BYTES_MAX: usize = 8 * 1024;

#[derive(Clone, Debug)]
pub struct Blobs {
    folder: PathBuf,
}

/// A stored file that a command may refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    pub sha256: String,
    pub bytes: i64,
    pub content_type: String,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("the file is larger than {} MiB", .0 / 1024 / 1024)]
    TooLarge(usize),
    #[error("the file could not be stored")]
    Disk(#[from] std::io::Error),
    #[error("there is no such file")]
    NoSuchBlob,
}

impl Blobs {
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Blobs { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stores `content` durably. `claimed_type` counts only where the bytes themselves do not tell.
    pub fn put(&self, content: &[u8], claimed_type: &str) -> Result<Blob, BlobError> {
        if content.len() > BLOB_BYTES_MAX {
            return Err(BlobError::TooLarge(BLOB_BYTES_MAX));
        }
        let sha256 = hex(&Sha256::digest(content));
        let path = self.path_of(&sha256);
        if !path.exists() {
            let folder = path.parent().unwrap_or(&self.folder);
            std::fs::create_dir_all(folder)?;
            let mut file = tempfile_in(folder)?;
            file.1.write_all(content)?;
            file.1.sync_all()?;
            std::fs::rename(&file.0, &path)?;
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(Blob { sha256, bytes: content.len() as i64, content_type: sniffed_type(content, claimed_type) })
    }

    /// A file of at most `bytes_max` bytes that arrives piece by piece, and is never held in memory.
    pub fn begin(&self, bytes_max: usize) -> Result<Part, BlobError> {
        std::fs::create_dir_all(&self.folder)?;
        let (path, file) = tempfile_in(&self.folder)?;
        let (store, hash) = (self.clone(), Sha256::new());
        Ok(Part { store, path, file, hash, head: Vec::new(), bytes: 0, bytes_max })
    }

    pub fn get(&self, sha256: &str) -> Result<Vec<u8>, BlobError> {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut self.open(sha256)?, &mut bytes)?;
        Ok(bytes)
    }

    /// To be read piece by piece.
    pub fn open(&self, sha256: &str) -> Result<std::fs::File, BlobError> {
        let known_form = sha256.len() == 64 && sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if !known_form {
            return Err(BlobError::NoSuchBlob);
        }
        match std::fs::File::open(self.path_of(sha256)) {
            Ok(file) => Ok(file),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(BlobError::NoSuchBlob),
            Err(error) => Err(error.into()),
        }
    }

    fn path_of(&self, sha256: &str) -> PathBuf {
        self.folder.join(&sha256[..2]).join(sha256)
    }
}

/// A file on its way in. Dropped before it is kept, it leaves nothing behind.
pub struct Part {
    store: Blobs,
    path: PathBuf,
    file: std::fs::File,
    hash: Sha256,
    /// Its beginning, which tells its type.
    head: Vec<u8>,
    bytes: usize,
    bytes_max: usize,
}

impl Part {
    pub fn write(&mut self, piece: &[u8]) -> Result<(), BlobError> {
        let bytes = self.bytes.saturating_add(piece.len());
        if bytes > self.bytes_max {
            return Err(BlobError::TooLarge(self.bytes_max));
        }
        let missing = HEAD_BYTES_MAX - self.head.len();
        self.head.extend_from_slice(&piece[..piece.len().min(missing)]);
        self.hash.update(piece);
        self.file.write_all(piece)?;
        self.bytes = bytes;
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Durably, as by [`Blobs::put`].
    pub fn keep(self, claimed_type: &str) -> Result<Blob, BlobError> {
        let sha256 = hex(&self.hash.clone().finalize());
        let path = self.store.path_of(&sha256);
        if !path.exists() {
            let folder = path.parent().unwrap_or(&self.store.folder);
            std::fs::create_dir_all(folder)?;
            self.file.sync_all()?;
            std::fs::rename(&self.path, &path)?;
            std::fs::File::open(folder)?.sync_all()?;
        }
        let content_type = sniffed_type(&self.head, claimed_type);
        Ok(Blob { sha256, bytes: self.bytes as i64, content_type })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Once it is kept, it no longer has this name.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Images that a browser shows safely keep their type; what could run as a page is served as plain bytes.
fn sniffed_type(content: &[u8], claimed: &str) -> String {
    if let Some(kind) = infer::get(content) {
        return kind.mime_type().to_owned();
    }
    let claimed = claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let plausible = claimed.contains('/') && claimed.len() < 120 && claimed.is_ascii();
    match claimed.as_str() {
        "" => "application/octet-stream".into(),
        _ if !plausible => "application/octet-stream".into(),
        // Bytes that are not the image they claim to be.
        kind if kind.starts_with("image/") && kind != "image/svg+xml" => "application/octet-stream".into(),
        kind => kind.into(),
    }
}

fn tempfile_in(folder: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    let mut random = [0_u8; 12];
    getrandom::fill(&mut random).map_err(std::io::Error::other)?;
    let path = folder.join(format!(".part-{}", hex(&random)));
    Ok((path.clone(), std::fs::File::create_new(path)?))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl crate::Refusal for BlobError {
    fn kind(&self) -> crate::Kind {
        match self {
            BlobError::TooLarge(_) => crate::Kind::TooMuch,
            BlobError::Disk(_) => crate::Kind::Broken,
            BlobError::NoSuchBlob => crate::Kind::NotFound,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).expect("a folder").flatten();
        entries.map(|it| it.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_arrives_in_pieces_is_kept_as_what_is_put_away_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::in_folder(folder.path());
        let mut part = blobs.begin(100).expect("begun");
        for piece in ["id;assignee\n", "", "7;Ana\n"] {
            part.write(piece.as_bytes()).expect("written");
        }
        assert!(!part.is_empty());
        let kept = part.keep("text/csv").expect("kept");
        assert_eq!(kept, blobs.put(b"id;assignee\n7;Ana\n", "text/csv").expect("put"));
        assert_eq!(blobs.get(&kept.sha256).expect("there"), b"id;assignee\n7;Ana\n");
        assert_eq!(names_in(folder.path()), [kept.sha256[..2].to_owned()], "nothing else is left");
    }

    #[test]
    fn a_file_that_grows_too_large_or_breaks_off_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = Blobs::in_folder(folder.path());
        let mut part = blobs.begin(3 * 1024 * 1024).expect("begun");
        let piece = vec![b'x'; 2 * 1024 * 1024];
        part.write(&piece).expect("it fits");
        let refused = part.write(&piece).expect_err("too large");
        assert_eq!(refused.to_string(), "the file is larger than 3 MiB");
        drop(part);
        assert!(names_in(folder.path()).is_empty());
    }
}
