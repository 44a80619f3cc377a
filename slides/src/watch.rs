//! Looks for changed files, by asking for their times: a few dozen files, a few times a second.

use anyhow::Result;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

const PAUSE: Duration = Duration::from_millis(250);

/// Calls `rebuild` after each change of a file in the folders. A rebuild that fails says why and waits for the next change.
///
/// # Errors
///
/// None: it ends with the process.
pub fn each_change(folders: &[PathBuf], rebuild: impl Fn() -> Result<()>) -> Result<()> {
    let mut known = times(folders);
    loop {
        thread::sleep(PAUSE);
        let now = times(folders);
        if now != known {
            known = now;
            if let Err(error) = rebuild() {
                eprintln!("slides: {error:#}");
            }
        }
    }
}

fn times(folders: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    folders.iter().for_each(|folder| add(folder, &mut times));
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
