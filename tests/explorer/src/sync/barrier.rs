//! Barriers, at which threads wait for each other.

use crate::object::{Held, ObjectId};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, perform_on};
use std::fmt;

/// [`std::sync::Barrier`], as an object that is explored.
pub struct Barrier {
    object: ObjectId,
    size: u64,
}

impl Barrier {
    /// Creates a barrier at which `size` threads wait for each other.
    #[track_caller]
    pub fn new(size: usize) -> Self {
        Self { object: create(Held::Barrier { arrived: 0, round: 0, leaving: 0 }), size: size as u64 }
    }

    /// Waits until as many threads as the barrier is for have called this. Then the barrier can be used again.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let place = Place::caller();
        let answer = perform_on(self.object, Action::Arrive(self.size), place);
        if !answer.failed {
            perform_on(self.object, Action::Leave(answer.value), place);
        }
        BarrierWaitResult { is_leader: answer.failed }
    }
}

/// What a call of [`Barrier::wait`] returns.
#[derive(Debug)]
pub struct BarrierWaitResult {
    is_leader: bool,
}

impl BarrierWaitResult {
    /// Returns whether this thread is the one that came last. `std` promises only that there is one such thread for
    /// each round.
    pub fn is_leader(&self) -> bool {
        self.is_leader
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Barrier").finish_non_exhaustive()
    }
}
