//! Requests large pages for large arrays, where the system gives them on request.
//!
//! A processor remembers the addresses of a few thousand pages, looks up the others when it needs them, and prefetches within a
//! page. An array of 400 MB has about 100,000 pages of 4 KiB, or 200 of 2 MiB. numpy requests large pages too (its setting
//! `NUMPY_MADVISE_HUGEPAGE`), so without them a comparison with numpy would compare page sizes.

/// The smallest array, in bytes, for which large pages are requested. It is numpy's limit too, and larger than any block that
/// `malloc` takes from a heap with other values in it.
#[cfg(any(target_os = "linux", test))]
const LARGE: usize = 4 << 20;

/// Requests large pages for memory that was allocated and not yet written to.
///
/// The request is only advice: a system may ignore it, and then only the speed differs. Linux follows it if
/// /sys/kernel/mm/transparent_hugepage/enabled is `madvise`. If that is `always`, Linux uses large pages without a request
/// (Documentation/admin-guide/mm/transhuge.rst).
#[cfg(target_os = "linux")]
pub fn advise<T>(memory: &mut [T]) {
    let (begin, bytes) = (memory.as_mut_ptr().cast::<u8>(), size_of_val(memory));
    if bytes < LARGE || cfg!(miri) {
        return; // Miri has no madvise
    }
    // SAFETY: sysconf reads a setting and touches no memory of this program.
    let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as usize;
    // Advice is for whole pages; the first and the last page may also hold other memory.
    let before = begin.align_offset(page);
    let whole = (bytes - before) / page * page;
    // SAFETY: the range begins at a page and lies within the borrowed memory, since a page is far smaller than LARGE; this advice
    // does not change the content of the memory.
    unsafe { libc::madvise(begin.wrapping_add(before).cast(), whole, libc::MADV_HUGEPAGE) };
}

/// Does nothing: this system has no such request.
#[cfg(not(target_os = "linux"))]
pub fn advise<T>(_memory: &mut [T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns whether the mapping that contains the middle of an array is marked for large pages (`hg`, Linux's proc_pid_smaps(5)).
    #[cfg(target_os = "linux")]
    fn is_marked(array: &[u8]) -> bool {
        let middle = array.as_ptr() as usize + array.len() / 2;
        let holds = |line: &str| {
            let (begin, end) = line.split_once(' ')?.0.split_once('-')?;
            Some((usize::from_str_radix(begin, 16).ok()?..usize::from_str_radix(end, 16).ok()?).contains(&middle))
        };
        let text = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mapping = text.lines().skip_while(|line| holds(line) != Some(true));
        let flags = mapping.map(str::trim).find(|line| line.starts_with("VmFlags:"));
        flags.expect("every array is in some mapping").split(' ').any(|flag| flag == "hg")
    }

    #[test]
    #[cfg(target_os = "linux")]
    #[cfg_attr(miri, ignore = "Miri has no mappings")]
    fn large_arrays_are_marked_for_large_pages_and_others_are_not() {
        if !std::path::Path::new("/sys/kernel/mm/transparent_hugepage").exists() {
            return;
        }
        let (mut asked, not_asked) = (vec![0_u8; 64 << 20], vec![0_u8; 64 << 20]);
        advise(&mut asked[4097..]);
        assert!(is_marked(&asked));
        let mut small = vec![0; LARGE - 1];
        advise(&mut small);
        assert!(!is_marked(&small));
        assert!(!is_marked(&not_asked));
    }

    #[test]
    fn advice_leaves_what_is_in_memory_as_it_is() {
        let elements = if cfg!(miri) { 100 } else { LARGE / 2 + 7 }; // Miri is slow, and gives no advice
        let mut array: Vec<u16> = (0..=u16::MAX).cycle().take(elements).collect();
        advise(&mut array[1..]);
        advise::<u16>(&mut []);
        assert!(array.iter().zip((0..=u16::MAX).cycle()).all(|(found, expected)| *found == expected));
    }
}
