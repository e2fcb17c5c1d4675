//! Builds the browser assets with Node and writes the table that `lib.rs` includes.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const WATCHED_FILES: [&str; 5] = ["package.json", "package-lock.json", ".npmrc", "build.mjs", "build.rs"];
const WATCHED_FOLDERS: [&str; 3] = ["src", "src/icons", "styles"];
const WATCHED_KINDS: [&str; 3] = ["ts", "svg", "css"];

/// A path that never exists: cargo runs this script again next time.
const NEVER_THERE: &str = "node_modules/.not-built";

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the output folder"));
    println!("cargo:rerun-if-env-changed=APTDESK_UI_DIST");

    let bundle = match env::var_os("APTDESK_UI_DIST") {
        Some(ready) => Ok(PathBuf::from(ready)),
        None => bundle(&here, &out.join("web")),
    };
    let tables = bundle.and_then(|folder| Ok((table_of(&folder)?, faces_of(&folder)?)));
    let (table, faces) = match tables {
        Ok(tables) => {
            watch(&here);
            tables
        }
        Err(problem) if env::var_os("PROFILE").is_some_and(|it| it == "release") => {
            panic!(
                "\n\nThe browser assets could not be built: {problem}\nInstall Node 20 or newer, or set APTDESK_UI_DIST to a folder made by `node ui/build.mjs --outdir DIR`.\n\n"
            );
        }
        Err(problem) => {
            println!(
                "cargo:warning=building without browser assets, pages will look bare: {}",
                problem.replace('\n', " ")
            );
            println!("cargo:rerun-if-changed={NEVER_THERE}");
            ("&[]".to_owned(), "&[]".to_owned())
        }
    };
    fs::write(out.join("table.rs"), table).expect("the output folder can be written");
    fs::write(out.join("faces.rs"), faces).expect("the output folder can be written");
}

/// Installs the locked packages if the lock has changed, then bundles into `web`.
fn bundle(here: &Path, web: &Path) -> Result<PathBuf, String> {
    let lock = fs::read(here.join("package-lock.json")).map_err(|e| format!("package-lock.json: {e}"))?;
    let stamp = here.join("node_modules/.aptdesk-lock");
    if fs::read(&stamp).ok().as_deref() != Some(lock.as_slice()) {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        run(
            here,
            npm,
            &["ci", "--ignore-scripts", "--prefer-offline", "--include=dev", "--no-audit", "--no-fund"],
        )?;
        fs::write(&stamp, &lock).map_err(|e| format!("{}: {e}", stamp.display()))?;
    }
    let target = web.to_str().ok_or("the build folder's name is not UTF-8")?;
    run(here, "node", &["build.mjs", "--outdir", target])?;
    Ok(web.to_owned())
}

/// Runs quietly: what the tool says is shown only when it fails.
fn run(here: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let done = Command::new(program)
        .args(arguments)
        .current_dir(here)
        .output()
        .map_err(|e| format!("cannot start `{program}`: {e}"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("`{program} {}` failed: {}", arguments.join(" "), said.trim()))
}

/// One `Asset` per line of the bundle's manifest.
fn table_of(folder: &Path) -> Result<String, String> {
    let manifest = folder.join("manifest.tsv");
    let rows = fs::read_to_string(&manifest).map_err(|e| format!("{}: {e}", manifest.display()))?;
    let folder = folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut table = String::from("&[\n");
    for row in rows.lines() {
        let [file, logical, content_type, etag, packed, when] = row
            .split('\t')
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| format!("{}: a line has not six fields: {row}", manifest.display()))?;
        let include = |ending: &str| format!("include_bytes!({:?})", folder.join(format!("{file}{ending}")));
        let copy = |ending: &str| {
            if packed == "packed" { format!("Some({})", include(ending)) } else { "None".to_owned() }
        };
        writeln!(
            table,
            "Asset {{ path: \"/assets/{file}\", logical: {logical:?}, content_type: {content_type:?}, etag: \"\\\"{etag}\\\"\", initial: {}, bytes: {}, br: {}, gz: {} }},",
            when == "initial",
            include(""),
            copy(".br"),
            copy(".gz"),
        )
        .expect("a string takes all text");
    }
    table.push(']');
    Ok(table)
}

/// One `Face` per line of the list of faces.
fn faces_of(folder: &Path) -> Result<String, String> {
    let list = folder.join("faces.tsv");
    let rows = fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let folder = folder.canonicalize().map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut table = String::from("&[\n");
    for row in rows.lines() {
        let [file, weight, measures, bounds, letters] = row
            .split('\t')
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| format!("{}: a line has not five fields: {:.80}", list.display(), row))?;
        let path = folder.join("faces").join(file);
        write!(table, "Face {{ weight: {weight}, measures: [{measures}], bounds: [{bounds}], letters: &[")
            .expect("a string takes all text");
        for letter in letters.split(' ') {
            let [code, glyph, advance] = letter
                .split(':')
                .collect::<Vec<_>>()
                .try_into()
                .map_err(|_| format!("{}: not a letter: {letter}", list.display()))?;
            write!(table, "('\\u{{{code}}}',{glyph},{advance}),").expect("a string takes all text");
        }
        writeln!(table, "], bytes: include_bytes!({path:?}) }},").expect("a string takes all text");
    }
    table.push(']');
    Ok(table)
}

fn watch(here: &Path) {
    for file in WATCHED_FILES {
        println!("cargo:rerun-if-changed={file}");
    }
    for folder in WATCHED_FOLDERS {
        let Ok(entries) = fs::read_dir(here.join(folder)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|kind| WATCHED_KINDS.iter().any(|it| kind == *it)) {
                println!("cargo:rerun-if-changed={}", path.display());
            }
        }
    }
}
