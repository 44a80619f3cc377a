//! Files that are written whole or not at all.

use std::io;
use std::path::Path;
use std::{fs, process};

/// Writes a file, and creates its folder if necessary. It writes a temporary file and renames it, so that a reader
/// never sees half a file.
///
/// # Errors
///
/// An error whose text names the path.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> io::Result<()> {
    let named =
        |what: &str, error: io::Error| io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| named("cannot make the folder of", error))?;
    if path.is_dir() {
        return Err(io::Error::other(format!("cannot write {}: it is a folder", path.display())));
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", process::id()));
    let beside = folder.join(name);
    let written = fs::write(&beside, content).and_then(|()| fs::rename(&beside, path));
    written.inspect_err(|_| drop(fs::remove_file(&beside))).map_err(|error| named("cannot write", error))
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
        fs::remove_dir_all(&folder).unwrap();
    }
}
