//! Plain memory, in which data races are looked for.

use crate::object::{Held, ObjectId};
use crate::operation::{Action, Place};
use crate::recorder::replay::{create, perform_on};

/// Plain memory that threads share without any protection. Two accesses at the same time, one of them a write, are a
/// data race: a finding here, and undefined behaviour on hardware.
#[derive(Debug)]
pub struct RacyCell {
    object: ObjectId,
}

impl RacyCell {
    /// Creates memory that holds `value`.
    #[track_caller]
    pub fn new(value: u64) -> Self {
        Self { object: create(Held::Plain(value)) }
    }

    /// Reads the memory.
    ///
    /// # Safety
    ///
    /// Nothing can go wrong here. On hardware no other thread may write meanwhile.
    #[track_caller]
    pub unsafe fn read(&self) -> u64 {
        perform_on(self.object, Action::Read, Place::caller()).value
    }

    /// Writes the memory.
    ///
    /// # Safety
    ///
    /// Nothing can go wrong here. On hardware no other thread may read or write meanwhile.
    #[track_caller]
    pub unsafe fn write(&self, value: u64) {
        perform_on(self.object, Action::Write(value), Place::caller());
    }
}

impl Default for RacyCell {
    #[track_caller]
    fn default() -> Self {
        Self::new(0)
    }
}
