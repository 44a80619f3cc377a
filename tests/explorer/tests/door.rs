//! The door: `explorer::sync` must behave as `std` does.

use explorer::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{self as explored, fence};
use explorer::{Memory, Problem, Program, explore};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic as real;

/// Returns the message with which `run` panics.
fn message(run: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(run)).err()?;
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}

/// Returns the message with which a thread panics that runs `act` on an atomic.
fn explored_message(act: impl Fn(&explored::AtomicU64) + 'static) -> Option<String> {
    let report = explore(&Program::new(explored::AtomicU64::default).thread(act), Memory::Interleaved);
    report.panic().map(|finding| match &finding.problem {
        Problem::Panic { message, .. } => message.clone(),
        other => panic!("{other:?}"),
    })
}

#[test]
fn orderings_that_std_refuses_are_refused_with_the_same_message() {
    macro_rules! both {
        ($atomic:ident, $act:expr) => {
            assert_eq!(
                explored_message(move |$atomic| {
                    let _ = $act;
                }),
                message(|| {
                    let $atomic = &real::AtomicU64::new(0);
                    let _ = $act;
                }),
                stringify!($act)
            )
        };
    }
    let mut refused = 0;
    for ordering in [Relaxed, Release, Acquire, AcqRel, SeqCst] {
        both!(atomic, atomic.load(ordering));
        both!(atomic, atomic.store(1, ordering));
        both!(atomic, atomic.swap(1, ordering));
        both!(atomic, atomic.fetch_add(1, ordering));
        both!(atomic, atomic.compare_exchange(0, 1, SeqCst, ordering));
        refused += usize::from(explored_message(move |atomic| _ = atomic.load(ordering)).is_some());
    }
    assert_eq!(refused, 2, "Release and AcqRel are not orderings of a load");
    let relaxed = std::hint::black_box(Relaxed); // rustc refuses the constant
    assert_eq!(explored_message(move |_| fence(relaxed)), message(|| real::fence(relaxed)));
    assert!(explored_message(|_| fence(SeqCst)).is_none());
}

/// Checks each operation of a type of integers on some values against `std`.
macro_rules! integer {
    ($name:ident, $type:ty) => {{
        let values: [$type; 6] = [0, 1, 5, <$type>::MAX, <$type>::MIN, <$type>::MAX / 2 + 1];
        for (first, second) in values.into_iter().flat_map(|first| values.map(|second| (first, second))) {
            macro_rules! results {
                ($module:ident) => {
                    |x: &$module::$name| -> Vec<$type> {
                        let mut seen = vec![x.load(Relaxed)];
                        let mut note = |value| seen.extend([value, x.load(SeqCst)]);
                        note(x.fetch_add(second, Relaxed));
                        note(x.fetch_sub(first, AcqRel));
                        note(x.fetch_max(first, Relaxed));
                        note(x.fetch_min(second, Relaxed));
                        note(x.fetch_and(first, Relaxed));
                        note(x.fetch_or(second, Relaxed));
                        note(x.fetch_xor(first, Relaxed));
                        note(x.fetch_nand(second, Relaxed));
                        note(x.swap(first, Release));
                        note(x.compare_exchange(first, second, SeqCst, Relaxed).unwrap_or(7));
                        note(x.compare_exchange(first, 3, SeqCst, Relaxed).unwrap_or_else(|now| now));
                        note(x.fetch_update(Relaxed, Relaxed, |now| now.checked_add(1)).unwrap_or(9));
                        note(x.update(Relaxed, Relaxed, |now| now.wrapping_add(2)));
                        note(x.try_update(Relaxed, Relaxed, |now| now.checked_sub(2)).unwrap_or(10));
                        x.store(second, Release);
                        note(x.fetch_update(Relaxed, Relaxed, |_| None).unwrap_or(11));
                        seen
                    }
                };
            }
            let expected = (results!(real))(&real::$name::new(first));
            let words: Vec<u64> = expected.into_iter().map(|value| value as i64 as u64).collect();
            let program = Program::new(move || explored::$name::new(first)).thread(move |x| {
                (results!(explored))(x).into_iter().map(|value| value as i64 as u64).collect::<Vec<_>>()
            });
            let report = explore(&program, Memory::Cpp20);
            assert_eq!(report.finals(), [words], "{} {first} {second}", stringify!($name));
        }
    }};
}

#[test]
fn integers_of_all_sizes_compute_as_in_std() {
    integer!(AtomicU8, u8);
    integer!(AtomicU16, u16);
    integer!(AtomicU32, u32);
    integer!(AtomicU64, u64);
    integer!(AtomicUsize, usize);
    integer!(AtomicI8, i8);
    integer!(AtomicI16, i16);
    integer!(AtomicI32, i32);
    integer!(AtomicI64, i64);
    integer!(AtomicIsize, isize);
}

#[test]
fn booleans_compute_as_in_std() {
    macro_rules! results {
        ($module:ident) => {
            |x: &$module::AtomicBool, other: bool| -> Vec<u64> {
                let seen = [
                    x.fetch_and(other, Relaxed),
                    x.fetch_nand(other, Relaxed),
                    x.fetch_or(other, Relaxed),
                    x.fetch_xor(true, Relaxed),
                    x.swap(other, Relaxed),
                    x.fetch_not(Relaxed),
                    x.fetch_not(Relaxed),
                    x.compare_exchange(true, false, SeqCst, Relaxed).is_ok(),
                    x.load(Relaxed),
                ];
                seen.map(u64::from).to_vec()
            }
        };
    }
    for (first, second) in [(false, false), (false, true), (true, false), (true, true)] {
        let expected = (results!(real))(&real::AtomicBool::new(first), second);
        let program =
            Program::new(move || explored::AtomicBool::new(first)).thread(move |x| (results!(explored))(x, second));
        assert_eq!(explore(&program, Memory::StoreBuffers).finals(), [expected], "{first} {second}");
    }
}

#[test]
fn an_object_outside_of_a_program_panics_and_says_why() {
    let text = message(|| _ = explored::AtomicU64::new(0)).expect("it panics");
    assert!(text.contains("outside of a program"), "{text}");
}
