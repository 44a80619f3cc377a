//! Initialisation that happens once.

use crate::object::{Held, ObjectId, Progress};
use crate::operation::Action;
use crate::recorder::replay::{create, is_left, perform_on, refuse};
use std::mem;
use std::panic::Location;

/// [`std::sync::Once`], as an object that is explored. A closure that panics is not explored further, so a `Once` is
/// never poisoned.
#[derive(Debug)]
pub struct Once {
    object: ObjectId,
}

impl Once {
    /// Creates a `Once` whose closure has not run.
    #[track_caller]
    #[allow(clippy::new_without_default, reason = "std has no Default either")]
    pub fn new() -> Self {
        Self { object: create(Held::Once(Progress::NotStarted)) }
    }

    /// Runs `closure` if this is the first call, and waits if another thread is running it.
    #[track_caller]
    pub fn call_once(&self, closure: impl FnOnce()) {
        let place = Location::caller();
        if perform_on(self.object, Action::EnterOnce, place).value == 1 {
            let unfinished = Unfinished;
            closure();
            mem::forget(unfinished);
            perform_on(self.object, Action::FinishOnce, place);
        }
    }
}

/// A closure that has not returned.
struct Unfinished;

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !is_left() {
            refuse("a closure of Once::call_once panics: poison is not explored there");
        }
    }
}
