//! Waits until files change, by comparing the times of a few dozen files four times a second.

use std::collections::BTreeMap;
use std::fs;
use std::path::{self, Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

const PAUSE: Duration = Duration::from_millis(250);

/// The state of some files and folders at one moment.
#[derive(Debug)]
pub struct Watched {
    places: Vec<PathBuf>,
    /// A file that the watching program writes itself; changes of it do not count.
    own: Option<PathBuf>,
    known: BTreeMap<PathBuf, SystemTime>,
}

impl Watched {
    /// Stores the state of `places`; changes of `own` do not count. Call it before you read the files, so that a change
    /// while you read is noticed.
    pub fn new(places: Vec<PathBuf>, own: Option<&Path>) -> Self {
        let mut watched = Self { places, own: own.map(absolute), known: BTreeMap::new() };
        watched.has_changed();
        watched
    }

    /// Waits until something has changed since the last call.
    pub fn wait(&mut self) {
        while !self.has_changed() {
            thread::sleep(PAUSE);
        }
    }

    /// Returns whether something has changed since the last call.
    fn has_changed(&mut self) -> bool {
        let mut now = times(&self.places);
        if let Some(own) = &self.own {
            now.remove(own);
        }
        let before = std::mem::replace(&mut self.known, now);
        before != self.known
    }
}

fn absolute(path: &Path) -> PathBuf {
    path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}

fn times(places: &[PathBuf]) -> BTreeMap<PathBuf, SystemTime> {
    let mut times = BTreeMap::new();
    for place in places.iter().map(|place| absolute(place)) {
        match fs::metadata(&place) {
            Ok(about) if about.is_dir() => add(&place, &mut times),
            Ok(about) => drop(about.modified().map(|time| times.insert(place, time))),
            Err(_) => {}
        }
    }
    times
}

fn add(folder: &Path, times: &mut BTreeMap<PathBuf, SystemTime>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else { continue };
        // A temporary file, written by an editor or by us, is not a change.
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

    /// A folder that is removed when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("workspace-watch-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn what_is_saved_before_the_first_look_is_one_change() {
        let folder = Folder::new("once");
        let own = folder.0.join("deck.html");
        let mut watched = Watched::new(vec![folder.0.clone()], Some(&own));
        fs::write(folder.0.join("a.md"), "a").unwrap();
        assert!(watched.has_changed() && !watched.has_changed());
        fs::write(own, "written because of it").unwrap();
        assert!(!watched.has_changed(), "or it would never end");
    }

    #[test]
    fn a_change_anywhere_below_is_seen() {
        let folder = Folder::new("below");
        let folders = [folder.0.clone()];
        fs::create_dir(folder.0.join("deck")).unwrap();
        let before = times(&folders);
        fs::write(folder.0.join("deck/a.md"), "a").unwrap();
        let after = times(&folders);
        assert_ne!(before, after);
        fs::write(folder.0.join("deck/.a.md.swp"), "a").unwrap();
        assert_eq!(times(&folders), after, "an editor's own file is not a change");
        let file = fs::File::options().write(true).open(folder.0.join("deck/a.md")).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(times(&folders), after);
    }

    #[test]
    fn a_single_file_can_be_watched() {
        let folder = Folder::new("file");
        let file = folder.0.join("exercise.rs");
        let mut watched = Watched::new(vec![file.clone()], None);
        fs::write(folder.0.join("other.rs"), "x").unwrap();
        assert!(!watched.has_changed());
        fs::write(&file, "x").unwrap();
        assert!(watched.has_changed());
    }
}
