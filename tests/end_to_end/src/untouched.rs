//! Finds what a command leaves behind: files outside the workspace's target folder, and processes that outlive it
//! (Linux).

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// The places in which a command may change nothing.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Folders in which no file may be new, changed or gone, however deep: the home folder, the checkout.
    pub deep: Vec<PathBuf>,
    /// Folders that other programs use too, so only new entries count, and only at the top: folders for temporary files.
    pub shallow: Vec<PathBuf>,
    /// Single files that may not change, such as the system's list of installed packages.
    pub files: Vec<PathBuf>,
    /// Folders in `deep` that do not count, such as the target folder and those of cargo and rustup.
    pub skipped: Vec<PathBuf>,
    /// How long a finding may take to disappear. Findings caused by other programs mostly do.
    pub patience: Duration,
}

impl Places {
    /// The places of a command that works on `checkout`, with a home folder and a folder for temporary files of its own, in `own`. No other
    /// program writes there, so what is left there is the command's. Shared memory and the list of packages are the machine's.
    fn of(checkout: &Path, own: &Path) -> Self {
        Self {
            deep: vec![own.join("home"), own.join("tmp"), checkout.to_path_buf()],
            shallow: vec!["/dev/shm".into()],
            files: vec!["/var/lib/dpkg/status".into()],
            skipped: vec![workspace::target(checkout), checkout.join(".git")],
            patience: Duration::from_secs(10),
        }
    }

    /// The real home folder and `/tmp`, where other programs may write at the same time.
    fn shared() -> Self {
        let home = env::var_os("HOME").map(PathBuf::from);
        let of_home = |name: &str| home.as_ref().map(|home| home.join(name));
        let cargo = ["CARGO_HOME", "RUSTUP_HOME"].map(|name| env::var_os(name).map(PathBuf::from));
        let skipped = cargo.into_iter().chain([of_home(".cargo"), of_home(".rustup")]).flatten();
        Self {
            shallow: home.iter().cloned().chain(["/tmp".into()]).collect(),
            skipped: skipped.collect(),
            ..Self::default()
        }
    }
}

/// Runs a command to its end. Returns how it ended, and one line for each thing that it left.
///
/// # Errors
///
/// The command cannot be started.
pub fn run(mut command: Command, places: &Places) -> io::Result<(ExitStatus, Vec<String>)> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
    let mark = format!("UNTOUCHED_{}_{}_{moment}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let before = Snapshot::of(places);
    let status = command.env(&mark, "1").status()?;
    let mut found = before.differences(&Snapshot::of(places));
    found.extend(marked(&mark));
    let ended = Instant::now();
    while !found.is_empty() && ended.elapsed() < places.patience {
        sleep(Duration::from_millis(500)); // reading a home folder takes a while
        let mut still = before.differences(&Snapshot::of(places));
        still.extend(marked(&mark));
        found.retain(|thing| still.contains(thing));
    }
    Ok((status, found.into_iter().collect()))
}

/// The content of some places at one moment.
struct Snapshot {
    deep: BTreeMap<PathBuf, Entry>,
    shallow: BTreeSet<PathBuf>,
}

/// A file, described by its size and the time of its last change. All folders are equal.
type Entry = Option<(u64, SystemTime)>;

impl Snapshot {
    fn of(places: &Places) -> Self {
        let mut deep = BTreeMap::new();
        for folder in &places.deep {
            walk(folder, places, &mut deep);
        }
        for file in &places.files {
            deep.extend(entry(file).map(|entry| (file.clone(), entry)));
        }
        let inside = |folder: &PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        Self { deep, shallow: places.shallow.iter().flat_map(inside).collect() }
    }

    /// Returns how a later snapshot differs.
    fn differences(&self, later: &Self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for (path, entry) in &later.deep {
            match self.deep.get(path) {
                Some(before) if before == entry => {}
                Some(_) => drop(found.insert(format!("changed: {}", path.display()))),
                // A new folder is reported once, without its content.
                None if path.parent().is_some_and(|folder| is_new(folder, self, later)) => {}
                None => drop(found.insert(format!("new: {}", path.display()))),
            }
        }
        let gone = self.deep.keys().filter(|path| !later.deep.contains_key(*path));
        found.extend(gone.map(|path| format!("gone: {}", path.display())));
        found.extend(later.shallow.difference(&self.shallow).map(|path| format!("new: {}", path.display())));
        found
    }
}

fn is_new(folder: &Path, before: &Snapshot, later: &Snapshot) -> bool {
    later.deep.contains_key(folder) && !before.deep.contains_key(folder)
}

fn walk(folder: &Path, places: &Places, found: &mut BTreeMap<PathBuf, Entry>) {
    for path in fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        // A temporary folder may be in the home folder.
        if places.skipped.contains(&path) || places.shallow.contains(&path) {
            continue;
        }
        let Some(entry) = entry(&path) else { continue };
        if entry.is_none() {
            walk(&path, places, found);
        }
        found.insert(path, entry);
    }
}

fn entry(path: &Path) -> Option<Entry> {
    let about = fs::symlink_metadata(path).ok()?;
    Some(if about.is_dir() { None } else { Some((about.len(), about.modified().ok()?)) })
}

/// Returns the live processes that have a variable of this name in their environment.
fn marked(variable: &str) -> Vec<String> {
    let wanted = format!("{variable}=");
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    let is_marked = |process: &PathBuf| {
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|pair| pair.starts_with(wanted.as_bytes()))
    };
    let shown = |process: PathBuf| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let words: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
        let number = process.file_name().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned());
        format!("process {}: {}", number.unwrap_or_default(), words.join(" ").trim())
    };
    processes.filter(is_marked).map(shown).collect()
}

/// `main` of the program `untouched`: runs the command of its command line, with a home folder and a folder for temporary files of its own,
/// and says what it left behind. Returns the exit status.
///
/// # Errors
///
/// What is wrong with the command line, or why the command cannot be started.
pub fn main(mut line: impl Iterator<Item = OsString>) -> Result<u8, String> {
    let program = line.next().ok_or("usage: untouched COMMAND...")?;
    let own = tempfile::tempdir().map_err(|error| format!("cannot make a folder: {error}"))?;
    let mut command = Command::new(&program);
    command.args(line);
    for (variable, folder) in [("HOME", "home"), ("TMPDIR", "tmp")] {
        fs::create_dir(own.path().join(folder)).map_err(|error| format!("cannot make a folder: {error}"))?;
        command.env(variable, own.path().join(folder));
    }
    // cargo and rustup stay where they are.
    for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if let (None, Some(home)) = (env::var_os(variable), env::var_os("HOME")) {
            command.env(variable, PathBuf::from(home).join(folder));
        }
    }
    let before = Snapshot::of(&Places::shared());
    let (status, found) = run(command, &Places::of(crate::workspace(), own.path()))
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    let elsewhere = before.differences(&Snapshot::of(&Places::shared()));
    if !elsewhere.is_empty() {
        eprintln!("untouched: new in folders that other programs use too, so not counted:");
        elsewhere.iter().for_each(|thing| eprintln!("  {thing}"));
    }
    if !found.is_empty() {
        eprintln!("untouched: the command left this behind:");
        found.iter().for_each(|thing| eprintln!("  {thing}"));
    }
    let own = status.code().map_or(1, |code| u8::try_from(code).unwrap_or(1));
    Ok(if own == 0 && !found.is_empty() { 1 } else { own })
}
