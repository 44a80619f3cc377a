//! Uses what threads share: atomics, fences, mutexes, and the hint of a waiting thread. It calls each method that the
//! explorer has.

use common::exercise::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering, fence};
use common::exercise::*;

/// Derives what a student may derive.
#[derive(Debug, Default)]
pub struct Shared {
    flag: AtomicBool,
    signed: AtomicI64,
    count: AtomicU64,
    index: AtomicUsize,
    list: Mutex<Vec<u64>>,
}

macro_rules! all {
    ($atomic:expr, $one:expr, $two:expr) => {{
        let (atomic, one, two) = ($atomic, $one, $two);
        atomic.store(one, Ordering::Release);
        let _ = atomic.load(Ordering::Acquire);
        let _ = atomic.swap(two, Ordering::AcqRel);
        let _ = atomic.compare_exchange(two, one, Ordering::SeqCst, Ordering::Relaxed);
        let _ = atomic.compare_exchange_weak(two, one, Ordering::SeqCst, Ordering::Relaxed);
        let _ = atomic.fetch_and(one, Ordering::Relaxed);
        let _ = atomic.fetch_nand(one, Ordering::Relaxed);
        let _ = atomic.fetch_or(one, Ordering::Relaxed);
        let _ = atomic.fetch_xor(one, Ordering::Relaxed);
        let _ = atomic.fetch_update(Ordering::AcqRel, Ordering::Acquire, |value| (value == one).then_some(two));
        let _ = atomic.try_update(Ordering::AcqRel, Ordering::Acquire, |value| (value == one).then_some(two));
        let _ = atomic.update(Ordering::AcqRel, Ordering::Acquire, |_| one);
    }};
}

macro_rules! integer {
    ($atomic:expr) => {{
        all!($atomic, 1, 2);
        let _ = $atomic.fetch_add(4, Ordering::Relaxed);
        let _ = $atomic.fetch_sub(1, Ordering::Relaxed);
        let _ = $atomic.fetch_max(3, Ordering::Relaxed);
        let _ = $atomic.fetch_min(9, Ordering::Relaxed);
    }};
}

/// Adds to a list while the caller holds its lock.
fn add(list: &mut MutexGuard<'_, Vec<u64>>, number: u64) {
    list.push(number);
}

/// Uses each name and each method once.
pub fn shared() -> (bool, u64) {
    let shared = Shared {
        flag: AtomicBool::new(false),
        signed: AtomicI64::new(-1),
        count: AtomicU64::new(0),
        index: AtomicUsize::new(0),
        list: Mutex::new(Vec::new()),
    };
    all!(&shared.flag, true, false);
    let _ = shared.flag.fetch_not(Ordering::Relaxed);
    integer!(&shared.signed);
    integer!(&shared.count);
    integer!(&shared.index);
    fence(Ordering::SeqCst);
    hint::spin_loop();
    add(&mut shared.list.lock().expect("no holder panics"), 1);
    if let Ok(mut list) = shared.list.try_lock() {
        add(&mut list, 2);
    }
    shared.list.clear_poison();
    let is_poisoned = shared.list.is_poisoned();
    let list = shared.list.into_inner().expect("no holder panics");
    (is_poisoned || shared.flag.into_inner(), list.len() as u64 + u64::from(shared.count.into_inner() > 0))
}
