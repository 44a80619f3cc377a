// exercise: atomic
// expected: fails sequence, model
// Sells in a future, which it polls itself.
use common::exercise::atomic::{AtomicU64, Ordering};
use common::exercise::*;

pub struct Tickets {
    count: u64,
    sold: AtomicU64,
}

impl Tickets {
    pub fn new(count: u64) -> Self {
        Self { count, sold: AtomicU64::new(0) }
    }

    pub fn sell(&self) -> Option<u64> {
        let mut future = core::pin::pin!(async { self.sold.fetch_add(1, Ordering::Relaxed) });
        let context = &mut core::task::Context::from_waker(core::task::Waker::noop());
        core::future::Future::poll(future.as_mut(), context).is_pending().then_some(0)
    }

    pub fn sold(&self) -> u64 {
        self.sold.load(Ordering::Relaxed)
    }
}
