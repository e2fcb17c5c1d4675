//! A whole desk in one file: the database, the files, and what is needed to open them again.
//!
//! The archive is tar, compressed by zstd: `desk.sqlite` (a consistent copy, taken while the desk runs) and `files/`.

use crate::{Outcome, config, say};
use std::fs::File;
use std::path::{Path, PathBuf};

const COMPRESSION_LEVEL: i32 = 6;

#[derive(clap::Args)]
pub struct BackupFlags {
    #[command(flatten)]
    desk: config::Flags,
    /// The file to write, for example desk-2026-01-31.tar.zst.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

#[derive(clap::Args)]
pub struct RestoreFlags {
    /// The backup file.
    #[arg(long, short, value_name = "FILE")]
    input: PathBuf,
    /// The folder to fill; it must be empty or missing.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

pub fn backup(flags: &BackupFlags) -> Outcome {
    let config = flags.desk.settle()?;
    if !config.database.starts_with("sqlite:") {
        return Err(
            "this desk lives on PostgreSQL: back up its database with pg_dump, and copy the folder `files`"
                .into(),
        );
    }
    if flags.output.exists() {
        return Err(format!("{} exists already; a backup never overwrites", flags.output.display()).into());
    }
    let desk = config.open_existing()?;
    let copy = config.data.join(format!(".backup-{}.sqlite", std::process::id()));
    desk.db.copy_to(&copy)?;
    let written = write_archive(&flags.output, &copy, desk.blobs.folder());
    std::fs::remove_file(&copy)?;
    let files = written?;
    let bytes = std::fs::metadata(&flags.output)?.len();
    say(&format!("{}: the database and {files} files, {} KiB", flags.output.display(), bytes / 1024));
    Ok(())
}

fn write_archive(output: &Path, database: &Path, files: &Path) -> Result<usize, std::io::Error> {
    let part = output.with_extension("part");
    let file = File::create(&part).map_err(|error| {
        std::io::Error::new(error.kind(), format!("{} cannot be written: {error}", output.display()))
    })?;
    let encoder = zstd::Encoder::new(file, COMPRESSION_LEVEL)?;
    let mut archive = tar::Builder::new(encoder);
    archive.append_path_with_name(database, "desk.sqlite")?;
    let mut count = 0;
    for folder in std::fs::read_dir(files)? {
        let folder = folder?;
        if !folder.file_type()?.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path())? {
            let file = file?;
            let name = file.file_name();
            // A file that is still being written has no row yet.
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            archive
                .append_path_with_name(file.path(), Path::new("files").join(folder.file_name()).join(name))?;
            count += 1;
        }
    }
    let file = archive.into_inner()?.finish()?;
    file.sync_all()?;
    std::fs::rename(&part, output)?;
    Ok(count)
}

pub fn restore(flags: &RestoreFlags) -> Outcome {
    let occupied = flags.data.exists() && std::fs::read_dir(&flags.data)?.next().is_some();
    if occupied {
        return Err(format!("{} is not empty; restore into a new folder", flags.data.display()).into());
    }
    let input = File::open(&flags.input).map_err(|error| format!("{}: {error}", flags.input.display()))?;
    std::fs::create_dir_all(&flags.data)?;
    let decoder = zstd::Decoder::new(input)?;
    // `unpack` refuses paths that would leave the folder.
    if let Err(error) = tar::Archive::new(decoder).unpack(&flags.data) {
        // Half a desk must not stand there as if it were one.
        std::fs::remove_dir_all(&flags.data).ok();
        let because = std::error::Error::source(&error).map_or(error.to_string(), ToString::to_string);
        return Err(format!("{} is cut off, or no backup: {because}", flags.input.display()).into());
    }
    std::fs::create_dir_all(flags.data.join("files"))?;
    let database = format!("sqlite:{}", flags.data.join("desk.sqlite").display());
    let desk = desk::Desk::open(&database, flags.data.join("files"), db::Options::default())?;
    let tickets: i64 = desk.db.read_now(desk::Actor::desk(), |tx| {
        desk::tickets::views::count(tx, &desk::tickets::Filter::default())
    })?;
    say(&format!(
        "restored into {}: {tickets} tickets. Start it with: aptdesk serve --data {}",
        flags.data.display(),
        flags.data.display()
    ));
    Ok(())
}
