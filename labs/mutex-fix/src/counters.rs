//! Counters behind a lock. They differ only in whose lock it is and in how long it is held.

use crate::sync::atomic::AtomicBool;
use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::sync::{Counter, Declaration, Outcome, RacyCell, Shareable, declare, declare_shared, hint, thread};
use crate::sync::{Mutex, ParkingLotMutex};

/// The counters, in the order of the report.
pub const COUNTERS: &[Declaration] = &[
    declare::<StdMutex>("std-mutex", Outcome::Exact, "std's Mutex around the increment"),
    declare::<ParkingLot>("parking-lot", Outcome::Exact, "parking_lot's Mutex around it"),
    declare::<Spin>("spin", Outcome::Exact, "our own spin lock around it"),
    declare::<LockedTwice>("locked-twice", Outcome::LostUpdates, "one lock per access, not per increment"),
    declare_shared::<Spin>("process-lock", Outcome::Exact, "the spin lock, shared by processes"),
];

/// The standard library's mutex: the counter lies inside, and the lock is the only way to it.
#[derive(Default)]
pub struct StdMutex(Mutex<u64>);

impl Counter for StdMutex {
    fn increment(&self, _thread: usize) {
        *self.0.lock().expect("no holder panics") += 1;
    }

    fn value(&self) -> u64 {
        *self.0.lock().expect("no holder panics")
    }
}

/// The same with the mutex of the crate `parking_lot`.
#[derive(Default)]
pub struct ParkingLot(ParkingLotMutex<u64>);

impl Counter for ParkingLot {
    fn increment(&self, _thread: usize) {
        *self.0.lock() += 1;
    }

    fn value(&self) -> u64 {
        *self.0.lock()
    }
}

/// A lock of our own, which waits by trying again, and the plain memory that it guards.
///
/// A value of zero bytes is a free lock and a counter at 0, and the layout is fixed: so it may lie in memory that processes share.
#[derive(Default)]
#[repr(C)]
pub struct Spin {
    taken: AtomicBool,
    count: RacyCell,
}

impl Spin {
    /// Failed tries before each further one yields the CPU. With more threads than CPUs the holder may not be running: to go on
    /// trying would waste the time that it needs.
    const PATIENCE: u32 = 100;

    fn lock(&self) {
        let mut tries = 0;
        // Acquire: a thread that takes the lock sees all that its last holder did before the Release. A try that fails writes
        // nothing, where a swap would write.
        while self.taken.compare_exchange(false, true, Acquire, Relaxed).is_err() {
            if tries < Self::PATIENCE {
                tries += 1;
                hint::spin_loop();
            } else {
                thread::yield_now();
            }
        }
    }

    fn unlock(&self) {
        self.taken.store(false, Release);
    }
}

impl Counter for Spin {
    fn increment(&self, _thread: usize) {
        self.lock();
        // SAFETY: only one thread or process can change `taken` from false to true between two unlocks. Its Acquire reads what the
        // last holder's Release wrote, so that holder's write is visible.
        unsafe {
            let seen = self.count.read();
            self.count.write(seen + 1);
        }
        self.unlock();
    }

    fn value(&self) -> u64 {
        // SAFETY: called when all threads have ended, so no thread writes.
        unsafe { self.count.read() }
    }
}

/// Takes the lock for every single access, and is still wrong: between the read and the write the lock is free, and another
/// thread can read the same old number.
#[derive(Default)]
pub struct LockedTwice(Mutex<u64>);

impl Counter for LockedTwice {
    fn increment(&self, _thread: usize) {
        let seen = *self.0.lock().expect("no holder panics");
        *self.0.lock().expect("no holder panics") = seen + 1;
    }

    fn value(&self) -> u64 {
        *self.0.lock().expect("no holder panics")
    }
}

// SAFETY: zero is a free lock and a counter at 0; nothing in it points anywhere; the lock is atomic, and the counter is only
// touched by the one process that holds it.
unsafe impl Shareable for Spin {}
