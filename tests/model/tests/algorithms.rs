//! The locks of the textbooks are right, and a weaker one is not.

use crate::sync::atomic::AtomicBool;
use crate::sync::atomic::Ordering::{Acquire, Release};
use crate::sync::{Counter, RacyCell, hint, program};
use explorer::{Bounds, Memory};
use model::size::Size;
use model::subjects::{self, Subject};
use model::verdict::{self, Verdict};

#[test]
fn every_algorithm_is_right_under_every_memory() {
    for subject in subjects::algorithms() {
        for size in [Size::new(2, 1), Size::new(2, 2)] {
            let judgement = verdict::judge(subject, size, &Bounds::default());
            assert_eq!(judgement.verdict, Verdict::LosesNone, "{} {size}: {}", subject.variant, judgement.claim);
            for memory in Memory::ALL {
                assert_eq!(judgement.under(memory).finals(), [vec![size.expected()]], "{} {memory:?}", subject.variant);
            }
        }
    }
}

/// Peterson's lock without the turn, and with orderings that do not keep a store before a load.
#[derive(Default)]
struct Flags {
    wants: [AtomicBool; 2],
    count: RacyCell,
}

impl Counter for Flags {
    fn increment(&self, me: usize) {
        self.wants[me].store(true, Release);
        while self.wants[1 - me].load(Acquire) && me == 0 {
            hint::spin_loop();
        }
        // SAFETY: none is needed: the explorer looks for races.
        unsafe { self.count.write(self.count.read() + 1) };
        self.wants[me].store(false, Release);
    }

    fn value(&self) -> u64 {
        // SAFETY: all threads have ended.
        unsafe { self.count.read() }
    }
}

#[test]
fn a_weaker_lock_is_wrong() {
    let subject = Subject { program: |size| program(|| Box::new(Flags::default()), size), ..subjects::algorithms()[1] };
    let judgement = verdict::judge(&subject, Size::new(2, 1), &Bounds::default());
    assert_eq!(judgement.verdict, Verdict::DataRace);
}
