//! Memory that several processes share on purpose.
//!
//! On Linux it is an anonymous file in memory (`memfd_create`). It has no name and disappears with the last process
//! that holds it, however that process ends. On other systems it is a temporary file that is removed while it is still
//! open, which has the same effect. A worker gets a path that is valid in the worker, and opens it.

use crate::Error;
use memmap2::MmapRaw;
use std::fs::File;
use std::io;

/// A type that processes may share: any number of them see one value of it at different addresses.
///
/// # Safety
///
/// All zero bytes must be a value, there must be no pointer in it, and every access through a shared reference must be one
/// that other threads may make at the same time.
pub unsafe trait Shareable {}

/// A mapping of shared memory, zero at first.
#[derive(Debug)]
pub struct SharedMemory {
    map: MmapRaw,
    path: String,
    // A worker opens the path after it was started, so the file stays open for as long as the mapping.
    _file: File,
}

impl SharedMemory {
    /// Allocates `bytes` of shared memory.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when the system has no memory left.
    pub fn create(bytes: usize) -> Result<Self, Error> {
        let build = || {
            let (file, path) = system::create()?;
            file.set_len(bytes as u64)?;
            Ok(Self { map: MmapRaw::map_raw(&file)?, path, _file: file })
        };
        build().map_err(|error: io::Error| {
            let is_limited = error.kind() == io::ErrorKind::FileTooLarge;
            let fix = if is_limited { " (raise the limit on file sizes: ulimit -f)" } else { "" };
            Error::io(format_args!("cannot share {bytes} bytes of memory{fix}"), error)
        })
    }

    /// Maps memory that another process created, by the path that [`path`](Self::path) returned there.
    ///
    /// # Errors
    ///
    /// [`Error::Failure`] when there is no such memory.
    pub fn open(path: &str) -> Result<Self, Error> {
        let build = || {
            let file = File::options().read(true).write(true).open(path)?;
            Ok(Self { map: MmapRaw::map_raw(&file)?, path: path.to_string(), _file: file })
        };
        build().map_err(|error| Error::io(format_args!("cannot map the shared memory at {path}"), error))
    }

    /// Returns the path that a worker process opens. On Unix it names an open file that workers inherit, so it is valid
    /// only in them.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the address of the memory in this process. Every process maps the same bytes at another address.
    pub fn address(&self) -> usize {
        self.map.as_mut_ptr() as usize
    }

    /// Returns the memory as a slice of integers.
    ///
    /// # Safety
    ///
    /// No thread of any process may write to it for as long as the slice is borrowed.
    pub unsafe fn integers(&self) -> &[i64] {
        // SAFETY: a mapping is page-aligned, readable for its whole length, and lives as long as self; any bytes are
        // integers; the caller promises that no thread of any process writes.
        unsafe { std::slice::from_raw_parts(self.map.as_ptr().cast(), self.map.len() / size_of::<i64>()) }
    }

    /// Returns the memory as a mutable slice of integers.
    ///
    /// # Safety
    ///
    /// No thread of any other process may read or write it for as long as the slice is borrowed.
    pub unsafe fn integers_mut(&mut self) -> &mut [i64] {
        // SAFETY: as in `integers`, and the mapping is writable; the caller promises that no thread of any other
        // process reads or writes.
        unsafe { std::slice::from_raw_parts_mut(self.map.as_mut_ptr().cast(), self.map.len() / size_of::<i64>()) }
    }

    /// Returns the one value at the beginning of the memory.
    ///
    /// # Panics
    ///
    /// If the memory is too small for it.
    pub fn value<T: Shareable>(&self) -> &T {
        assert!(self.map.len() >= size_of::<T>(), "a mapping of {} bytes is too small", self.map.len());
        // SAFETY: the mapping is page-aligned, large enough, lives as long as self, and began as zeros, which `Shareable`
        // promises to be a value that any number of processes may refer to.
        unsafe { &*self.map.as_ptr().cast() }
    }
}

#[cfg(target_os = "linux")]
mod system {
    use super::{File, io};
    use std::os::fd::FromRawFd;

    pub fn create() -> io::Result<(File, String)> {
        // SAFETY: the name is a string with a final zero. Without MFD_CLOEXEC, so that workers inherit it.
        let descriptor = unsafe { libc::memfd_create(c"labs".as_ptr(), 0) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the descriptor is open, and nothing else owns it.
        Ok((unsafe { File::from_raw_fd(descriptor) }, format!("/dev/fd/{descriptor}")))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{File, io};
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicU64, Ordering};

    pub fn create() -> io::Result<(File, String)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path: PathBuf = std::env::temp_dir().join(format!("labs-{}-{number}", std::process::id()));
        open_new(&path)
    }

    /// Creates the file and removes it at once. Workers inherit the open file.
    #[cfg(unix)]
    fn open_new(path: &Path) -> io::Result<(File, String)> {
        use std::os::fd::AsRawFd;
        let file = File::options().read(true).write(true).create_new(true).open(path)?;
        std::fs::remove_file(path)?;
        // SAFETY: this function owns the open descriptor; clearing its flags lets workers inherit it.
        if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, 0) } < 0 {
            return Err(io::Error::last_os_error());
        }
        let path = format!("/dev/fd/{}", file.as_raw_fd());
        Ok((file, path))
    }

    /// Creates a file that Windows removes when the last process closes it, however that process ends.
    #[cfg(windows)]
    fn open_new(path: &Path) -> io::Result<(File, String)> {
        use std::os::windows::fs::OpenOptionsExt;
        const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
        let mut options = File::options();
        let file =
            options.read(true).write(true).create_new(true).custom_flags(FILE_FLAG_DELETE_ON_CLOSE).open(path)?;
        Ok((file, path.to_string_lossy().into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    struct Shared(AtomicU64);

    // SAFETY: one atomic integer, for which zero is a value.
    unsafe impl Shareable for Shared {}

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no memfd_create and maps no files")]
    fn two_mappings_lie_at_two_addresses_and_hold_the_same_bytes() {
        let mut first = SharedMemory::create(16).unwrap();
        // SAFETY: no other mapping of it exists yet.
        unsafe { first.integers_mut() }.copy_from_slice(&[41, 99]);
        let second = SharedMemory::open(first.path()).unwrap();
        assert_ne!(first.address(), second.address());
        first.value::<Shared>().0.fetch_add(1, Ordering::Relaxed);
        // SAFETY: no thread writes any more.
        assert_eq!(unsafe { second.integers() }, [42, 99]);
    }

    #[test]
    fn memory_that_is_not_there_is_an_error_that_names_it() {
        let error = SharedMemory::open("/nowhere/at/all").unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
