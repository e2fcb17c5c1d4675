//! Files by the SHA-256 of their bytes, in a folder. A file is on the disk before its row is committed.

use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The largest file the desk keeps.
pub const BLOB_BYTES_MAX: usize = 50 * 1024 * 1024;

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
    #[error("the file is larger than {} MiB", BLOB_BYTES_MAX / 1024 / 1024)]
    TooLarge,
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
            return Err(BlobError::TooLarge);
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
            BlobError::TooLarge => crate::Kind::TooMuch,
            BlobError::Disk(_) => crate::Kind::Broken,
            BlobError::NoSuchBlob => crate::Kind::NotFound,
        }
    }
}
