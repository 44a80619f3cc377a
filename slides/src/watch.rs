//! Looks for changed files, by asking for their times: a few dozen files, a few times a second.

use anyhow::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::{self, Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

const PAUSE: Duration = Duration::from_millis(250);

/// Folders as they were at some moment.
#[derive(Debug)]
pub struct Watched {
    folders: Vec<PathBuf>,
    /// What is written, which may lie in one of them.
    own: PathBuf,
    known: BTreeMap<PathBuf, SystemTime>,
}

impl Watched {
    /// As they are now. Take it before anything is read: what is saved while that goes on is a change too.
    pub fn new(folders: Vec<PathBuf>, own: &Path) -> Self {
        let mut watched = Self { folders, own: absolute(own), known: BTreeMap::new() };
        watched.has_changed();
        watched
    }

    /// Calls `rebuild` after each change of a file in the folders, until the process ends. A rebuild that fails says why and waits for the
    /// next change.
    pub fn each_change(mut self, rebuild: impl Fn() -> Result<()>) -> ! {
        loop {
            if self.has_changed()
                && let Err(error) = rebuild()
            {
                eprintln!("slides: {error:#}");
            }
            thread::sleep(PAUSE);
        }
    }

    /// Whether they have since this was last asked.
    fn has_changed(&mut self) -> bool {
        let mut now = times(&self.folders);
        now.remove(&self.own);
        let before = std::mem::replace(&mut self.known, now);
        before != self.known
    }
}

fn absolute(path: &Path) -> PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn times(folders: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    folders.iter().for_each(|folder| add(&absolute(folder), &mut times));
    times
}

fn add(folder: &Path, times: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        // What an editor or we ourselves write beside a file is none.
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name.to_string_lossy().ends_with(".new") || name == "target" {
            continue;
        }
        match about.modified() {
            _ if about.is_dir() => add(&entry.path(), times),
            Ok(time) => drop(times.insert(entry.path(), time)),
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_before_anybody_asks_is_a_change_and_is_one_once() {
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("deck.html");
        let mut watched = Watched::new(vec![folder.path().to_path_buf()], &own);
        fs::write(folder.path().join("a.md"), "a").unwrap();
        assert!(watched.has_changed() && !watched.has_changed());
        fs::write(own, "written because of it").unwrap();
        assert!(!watched.has_changed(), "or it would never end");
    }

    #[test]
    fn a_change_anywhere_below_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_path_buf()];
        fs::create_dir(folder.path().join("deck")).unwrap();
        let before = times(&folders);
        fs::write(folder.path().join("deck/a.md"), "a").unwrap();
        let after = times(&folders);
        assert_ne!(before, after);
        fs::write(folder.path().join("deck/.a.md.swp"), "a").unwrap();
        assert_eq!(times(&folders), after, "an editor's own file is no change");
        let file = fs::File::options().write(true).open(folder.path().join("deck/a.md")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(times(&folders), after);
    }
}
