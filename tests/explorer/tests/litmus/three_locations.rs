//! Tests with three locations, for the parts of the order of `SeqCst` operations in RC11 that tests with two locations
//! do not need.

use explorer::sync::atomic::AtomicU64;
use explorer::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::fence;
use explorer::{Memory, Program, explore};

/// Returns whether all loads but the one of y can read 0, though y passes a message from thread 1 to thread 2.
fn is_weak_with_fences(fence_before_message: bool, give: Ordering, take: Ordering) -> bool {
    let program = Program::new(<[AtomicU64; 3]>::default)
        .thread(move |[x, y, _]| {
            x.store(1, Relaxed);
            if fence_before_message {
                fence(SeqCst);
            }
            y.store(1, give);
        })
        .thread(move |[_, y, z]| {
            let passed = y.load(take);
            if !fence_before_message {
                fence(SeqCst);
            }
            [passed, z.load(Relaxed)]
        })
        .thread(|[x, _, z]| {
            z.store(1, Relaxed);
            fence(SeqCst);
            x.load(Relaxed)
        });
    explore(&program, Memory::Cpp20).finals().contains(&vec![1, 0, 0])
}

#[test]
fn a_fence_orders_what_happens_after_it_in_other_threads() {
    assert!(!is_weak_with_fences(true, Release, Acquire));
    // Without the message nothing happens after the fence in another thread.
    assert!(is_weak_with_fences(true, Relaxed, Relaxed));
}

#[test]
fn a_fence_orders_what_happens_before_it_in_other_threads() {
    assert!(!is_weak_with_fences(false, Release, Acquire));
    assert!(is_weak_with_fences(false, Relaxed, Relaxed));
}

/// Returns whether both last loads can read 0, though a message passes y between `SeqCst` accesses of x and z.
fn is_weak_with_a_message(give: Ordering, take: Ordering) -> bool {
    let program = Program::new(<[AtomicU64; 3]>::default)
        .thread(move |[x, y, _]| {
            x.store(1, SeqCst);
            y.store(1, give);
        })
        .thread(move |[_, y, z]| [y.load(take), z.load(SeqCst)])
        .thread(|[x, _, z]| {
            z.store(1, SeqCst);
            x.load(SeqCst)
        });
    explore(&program, Memory::Cpp20).finals().contains(&vec![1, 0, 0])
}

#[test]
fn a_message_between_seqcst_accesses_of_other_locations_orders_them() {
    assert!(!is_weak_with_a_message(Release, Acquire));
    assert!(is_weak_with_a_message(Release, Relaxed));
}

/// Returns whether the last loads can read 0 after thread 2 has seen x twice, the second time with this ordering.
fn is_weak_with_a_second_look(second_look: Ordering) -> bool {
    let program = Program::new(<[AtomicU64; 3]>::default)
        .thread(|[x, _, _]| x.store(1, SeqCst))
        .thread(move |[x, _, z]| [x.load(Acquire), x.load(second_look), z.load(SeqCst)])
        .thread(|[x, _, z]| {
            z.store(1, SeqCst);
            x.load(SeqCst)
        });
    explore(&program, Memory::Cpp20).finals().contains(&vec![1, 1, 0, 0])
}

#[test]
fn seqcst_accesses_of_one_location_are_ordered_by_happens_before() {
    assert!(!is_weak_with_a_second_look(SeqCst));
    assert!(is_weak_with_a_second_look(Acquire));
}

/// As the first test, but the third thread has `SeqCst` accesses in place of a fence. Returns whether its load and that
/// of z can read 0.
fn is_weak_between_fence_and_accesses(give: Ordering, take: Ordering, third: [Ordering; 2]) -> bool {
    let program = Program::new(<[AtomicU64; 3]>::default)
        .thread(move |[x, y, _]| {
            x.store(1, Relaxed);
            fence(SeqCst);
            y.store(1, give);
        })
        .thread(move |[_, y, z]| [y.load(take), z.load(Relaxed)])
        .thread(move |[x, _, z]| {
            z.store(1, third[0]);
            x.load(third[1])
        });
    explore(&program, Memory::Cpp20).finals().contains(&vec![1, 0, 0])
}

#[test]
fn a_fence_and_seqcst_accesses_are_ordered_through_other_accesses() {
    assert!(!is_weak_between_fence_and_accesses(Release, Acquire, [SeqCst, SeqCst]));
    assert!(is_weak_between_fence_and_accesses(Release, Relaxed, [SeqCst, SeqCst]));
    assert!(is_weak_between_fence_and_accesses(Release, Acquire, [Release, SeqCst]));
    assert!(is_weak_between_fence_and_accesses(Release, Acquire, [SeqCst, Acquire]));
}
