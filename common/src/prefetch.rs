//! Asking for memory before it is read.
//!
//! A processor fetches ahead by itself what a loop will probably read next, but sometimes too late. It also has an instruction
//! that asks for a cache line and waits for nothing (PREFETCHT0; Intel 64 and IA-32 Architectures Optimization Reference Manual,
//! "Software Prefetch").

/// How far ahead of a loop to ask, in bytes. Of powers of two from 512 to 8,192, a sum of integers gained most from this one.
pub const AHEAD: usize = 2048;

/// Asks for the cache line [`AHEAD`] bytes behind the beginning of `line`, whether anything is there or not. Where the compiler
/// knows no such instruction for the processor, nothing is asked for.
#[inline(always)]
pub fn ask_ahead_of<T>(line: &[T]) {
    let address = line.as_ptr().cast::<i8>().wrapping_add(AHEAD);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint: it changes no value, and at an address where nothing is it does nothing.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(address);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asking_leaves_memory_as_it_is_and_may_ask_for_what_is_not_there() {
        let array: Vec<u64> = (0..1000).collect();
        array.chunks(8).for_each(ask_ahead_of);
        ask_ahead_of::<u64>(&[]);
        assert!(array.iter().copied().eq(0..1000));
    }
}
