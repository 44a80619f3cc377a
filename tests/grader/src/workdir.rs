//! A temporary folder per submission. It is locked while it is in use, so a later grader can recognise and remove the
//! folders of killed graders.

use anyhow::{Context as _, Result};
use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

const PREFIX: &str = "grade-";
const LOCK: &str = "lock";
/// `sweep` skips folders younger than this, because a new folder is briefly unlocked.
const YOUNG: Duration = Duration::from_secs(60);

/// The prefix of this process's folder names.
pub fn prefix() -> String {
    format!("{PREFIX}{}-", std::process::id())
}

/// A folder for one submission, which is removed when this value is dropped.
#[derive(Debug)]
pub struct Workdir {
    folder: TempDir,
    _lock: File,
}

impl Workdir {
    /// Creates a folder that only this user may enter, so that no other user replaces a compiled program. The subfolder
    /// `out` is for the compiler.
    ///
    /// # Errors
    ///
    /// The system cannot create the folder.
    pub fn new() -> Result<Self> {
        let about = || {
            let place = env::temp_dir();
            format!(
                "cannot create a folder for the submission in {}: set TMPDIR to a folder with room",
                place.display()
            )
        };
        let (mut builder, prefix) = (tempfile::Builder::new(), prefix());
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir().with_context(about)?;
        let lock = File::create(folder.path().join(LOCK)).with_context(about)?;
        lock.lock().with_context(about)?;
        fs::create_dir(folder.path().join("out")).with_context(about)?;
        Ok(Self { folder, _lock: lock })
    }

    /// Returns the path of the folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes the folders of killed graders, except those that this user may not remove.
pub fn sweep() {
    left_behind(&env::temp_dir(), YOUNG).iter().for_each(|folder| drop(fs::remove_dir_all(folder)));
}

/// Returns the folders that no grader locks and that are at least this old.
fn left_behind(parent: &Path, age: Duration) -> Vec<PathBuf> {
    let is_left = |folder: &PathBuf| {
        let is_ours = folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
        let modified = || fs::metadata(folder).ok()?.modified().ok()?.elapsed().ok();
        let is_free = || File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        is_ours && modified().is_some_and(|old| old >= age) && is_free()
    };
    fs::read_dir(parent).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).filter(is_left).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn no_other_user_may_enter_the_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = Workdir::new().unwrap();
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(folder.path().join("out").is_dir());
    }

    #[test]
    fn only_the_folders_of_killed_graders_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            (File::create(folder.join(LOCK)).unwrap(), folder)
        };
        let (held, _) = folder("grade-1-held");
        held.lock().unwrap();
        let (_, left) = folder("grade-1-left");
        folder("others");
        fs::create_dir(parent.path().join("grade-without-a-lock")).unwrap();
        assert_eq!(left_behind(parent.path(), Duration::ZERO), [left]);
        assert!(left_behind(parent.path(), YOUNG).is_empty(), "it may be about to be locked");
        held.unlock().unwrap();
        assert_eq!(left_behind(parent.path(), Duration::ZERO).len(), 2);
    }
}
