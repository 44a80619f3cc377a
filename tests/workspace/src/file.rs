//! Files that are written whole or not at all.

use std::io;
use std::path::Path;
use std::{fs, process};

/// Writes a file, and creates its folder if necessary. It writes a temporary file and renames it, so that a reader
/// never sees half a file. It replaces a regular file and nothing else.
///
/// # Errors
///
/// An error whose text names the path.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let named =
        |what: &str, error: io::Error| io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| named("cannot make the folder of", error))?;
    if let Some(kind) = special(path) {
        return Err(io::Error::other(format!("cannot write {}: it is {kind}, not a regular file", path.display())));
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", process::id()));
    let beside = folder.join(name);
    let written = fs::write(&beside, content).and_then(|()| fs::rename(&beside, path));
    written.inspect_err(|_| drop(fs::remove_file(&beside))).map_err(|error| named("cannot write", error))
}

/// Returns what is at a path if it is not a regular file; `None` for a regular file and for nothing. A link is special,
/// because to replace it would not change the file that it names.
pub fn special(path: &Path) -> Option<&'static str> {
    let kind = fs::symlink_metadata(path).ok()?.file_type();
    match kind {
        _ if kind.is_file() => None,
        _ if kind.is_dir() => Some("a folder"),
        _ if kind.is_symlink() => Some("a symbolic link"),
        _ => Some("a device, a pipe or a socket"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("workspace-write-{}", process::id()));
        let path = folder.join("new/page.html");
        write(&path, "one").unwrap();
        write(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert!(write(&folder, "x").unwrap_err().to_string().contains("it is a folder"));
        assert!(write(&path.join("below"), "x").unwrap_err().to_string().contains("page.html"));
        assert_eq!(fs::read_dir(folder.join("new")).unwrap().count(), 1, "nothing is left behind");
        #[cfg(unix)]
        for target in ["/dev/null", "new/page.html"] {
            let link = folder.join("link");
            std::os::unix::fs::symlink(target, &link).unwrap();
            assert!(write(&link, "x").unwrap_err().to_string().contains("it is a symbolic link"));
            assert_eq!(fs::read_link(&link).unwrap(), Path::new(target), "it is still there");
            fs::remove_file(&link).unwrap();
        }
        #[cfg(unix)]
        assert_eq!(special(Path::new("/dev/null")), Some("a device, a pipe or a socket"));
        assert_eq!((special(&path), special(&folder.join("none"))), (None, None));
        fs::remove_dir_all(&folder).unwrap();
    }
}
