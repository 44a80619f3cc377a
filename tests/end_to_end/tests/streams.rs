//! Checks the loop of `lab-naive` that reads several independent streams: it adds each element once, on each of its
//! code paths.

#[path = "../../../labs/naive-chunks/src/streams.rs"]
mod kernel;

use common::{data, pin::Pin};

/// Returns the sizes at which a kernel differs from the plain sum: small ones, and large uneven ones, at every
/// alignment to a cache line. The elements are large and of both signs, so that sums overflow and wrap.
fn wrong_sizes(kernel: impl Fn(&[i64]) -> i64) -> Vec<usize> {
    let scrambled = |element: &i64| element.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64 as i64);
    let elements: Vec<i64> = data::integers(100_100, 7001).iter().map(scrambled).collect();
    let sizes = (0..=300).chain([1_023, 1_024, 4_097, 99_991, 100_000]);
    let is_wrong = |&size: &usize| {
        (0..8).any(|begin| {
            let array = &elements[begin..][..size];
            kernel(array) != array.iter().fold(0_i64, |sum, element| sum.wrapping_add(*element))
        })
    };
    sizes.filter(is_wrong).collect()
}

#[test]
fn streams_add_each_element_once_with_and_without_wide_instructions() {
    assert!(wrong_sizes(kernel::streams).is_empty());
    assert!(wrong_sizes(kernel::streams_portable).is_empty());
}

#[test]
fn threads_that_take_pieces_add_each_element_once() {
    const PIECE: usize = 1 << 18;
    let elements = data::integers(3 * PIECE + 1, 7001); // no element is zero, so a dropped one is noticed
    for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 1] {
        let array = &elements[..size];
        for threads in [1, 2, 3, 9] {
            let sum = kernel::streams_threads(array, threads, &Pin::new(false)).value;
            assert_eq!(sum, array.iter().sum::<i64>(), "{size} elements, {threads} threads");
        }
    }
}

#[test]
fn streams_that_drop_the_tail_are_found_out() {
    let without_tail = |array: &[i64]| kernel::streams(&array[..array.len() / 32 * 32]);
    let found = wrong_sizes(without_tail);
    assert!((0..=300).all(|size| found.contains(&size) == (size % 32 != 0)), "{found:?}");
}
