//! Cuts `0..size` into one range per worker, without losing an element.
//!
//! The lecture cuts with `N // num_procs` and gives every worker that many elements. No worker sums the remainder, up
//! to `num_procs - 1` elements. [`even`] includes the remainder; [`floor`] is the lecture's cut, for comparison.

use std::ops::Range;

/// Returns `parts` ranges that cover `0..size` in order; their lengths differ by at most one. With fewer elements than
/// parts, the last ranges are empty.
pub fn even(size: usize, parts: usize) -> impl ExactSizeIterator<Item = Range<usize>> + Clone {
    // In 128 bits, since size * part may not fit in 64.
    let bound = move |part: usize| (size as u128 * part as u128 / parts as u128) as usize;
    (0..parts).map(move |part| bound(part)..bound(part + 1))
}

/// Returns the lecture's cut: `parts` ranges of `size / parts` elements each. It drops the last `size % parts`
/// elements.
pub fn floor(size: usize, parts: usize) -> impl ExactSizeIterator<Item = Range<usize>> + Clone {
    let length = size / parts;
    (0..parts).map(move |part| part * length..(part + 1) * length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_partition_keeps_every_element() {
        for size in (0..70).chain([1000, 4_999_999]) {
            for parts in 1..40 {
                let ranges: Vec<_> = even(size, parts).collect();
                assert_eq!(ranges.len(), parts);
                assert_eq!(ranges[0].start, 0);
                assert_eq!(ranges[parts - 1].end, size);
                assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
                let lengths = || ranges.iter().map(Range::len);
                assert!(lengths().max().unwrap() - lengths().min().unwrap() <= 1);
            }
        }
    }

    #[test]
    fn the_largest_size_does_not_overflow() {
        assert_eq!(even(usize::MAX, 3).last().unwrap().end, usize::MAX);
    }

    #[test]
    fn the_floor_partition_drops_the_remainder() {
        for (size, parts) in [(10, 3), (50_000_000, 32), (50_000_000, 7), (2, 4)] {
            let covered: usize = floor(size, parts).map(|range| range.len()).sum();
            assert_eq!(size - covered, size % parts);
        }
    }
}
