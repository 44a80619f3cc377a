//! Atomic integers, booleans and fences.

use crate::object::{Held, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Place, Update};
use crate::recorder::replay::{create, has_started_threads, lend_copy, of_constant, perform, perform_on, refuse};
use std::cell::Cell;
use std::fmt;
pub use std::sync::atomic::{Ordering, compiler_fence};

/// Orders the calling thread's operations, as [`std::sync::atomic::fence`] does.
///
/// # Panics
///
/// If `ordering` is `Relaxed`.
#[track_caller]
pub fn fence(ordering: Ordering) {
    assert!(ordering != Ordering::Relaxed, "there is no such thing as a relaxed fence");
    perform(Operation { action: Action::Fence, object: NO_OBJECT, ordering, place: Place::caller() });
}

#[track_caller]
fn check_load(ordering: Ordering) {
    match ordering {
        Ordering::Release => panic!("there is no such thing as a release load"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release load"),
        _ => {}
    }
}

#[track_caller]
fn check_store(ordering: Ordering) {
    match ordering {
        Ordering::Acquire => panic!("there is no such thing as an acquire store"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release store"),
        _ => {}
    }
}

#[track_caller]
fn check_failure(ordering: Ordering) {
    match ordering {
        Ordering::Release => panic!("there is no such thing as a release failure ordering"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release failure ordering"),
        _ => {}
    }
}

/// The number of an atomic. One that was created when the program was compiled gets its number when it is first used.
struct Number {
    object: Cell<ObjectId>,
    first: u64,
}

// SAFETY: an explored program runs in one thread of the system.
unsafe impl Sync for Number {}

impl Number {
    #[track_caller]
    fn created(first: u64) -> Self {
        Self { object: Cell::new(create(Held::Atomic(first))), first }
    }

    const fn constant(first: u64) -> Self {
        Self { object: Cell::new(NO_OBJECT), first }
    }

    #[track_caller]
    fn get(&self) -> ObjectId {
        if self.object.get() == NO_OBJECT {
            let held = Held::Atomic(self.first);
            self.object.set(of_constant((&raw const *self).addr(), held, Place::caller()));
        }
        self.object.get()
    }

    /// Returns the number of an atomic that has been moved.
    #[track_caller]
    fn of_moved(&self) -> ObjectId {
        if self.object.get() == NO_OBJECT && has_started_threads() {
            refuse("an atomic that a constant created is moved after threads have used it: load its value instead");
        }
        self.get()
    }
}

/// Defines how an atomic is created.
macro_rules! new {
    (created, $type:ty, $bits:ty) => {
        /// Creates an atomic that holds `value`.
        #[track_caller]
        pub fn new(value: $type) -> Self {
            Self { number: Number::created(value as $bits as u64) }
        }
    };
    (constant, $type:ty, $bits:ty) => {
        /// Creates an atomic that holds `value`. It may be part of a constant.
        pub const fn new(value: $type) -> Self {
            Self { number: Number::constant(value as $bits as u64) }
        }
    };
}

macro_rules! atomic {
    ($how:ident, $name:ident, $type:ty, $bits:ty, $from:expr, $mask:expr) => {
        #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`], as an object that is explored.")]
        pub struct $name {
            number: Number,
        }

        impl $name {
            new!($how, $type, $bits);

            #[track_caller]
            fn perform(&self, action: Action, ordering: Ordering) -> Answer {
                perform(Operation { action, object: self.number.get(), ordering, place: Place::caller() })
            }

            #[track_caller]
            fn modify(&self, update: Update, ordering: Ordering) -> $type {
                $from(self.perform(Action::Update(update, $mask), ordering).value)
            }

            #[track_caller]
            fn exchange(
                &self,
                current: $type,
                new: $type,
                orderings: [Ordering; 2],
                weak: bool,
            ) -> Result<$type, $type> {
                let [success, failure] = orderings;
                check_failure(failure);
                let action = Action::CompareExchange {
                    expected: current as $bits as u64,
                    new: new as $bits as u64,
                    failure,
                    weak,
                };
                let answer = self.perform(action, success);
                if answer.failed { Err($from(answer.value)) } else { Ok($from(answer.value)) }
            }

            /// Loads the value.
            ///
            /// # Panics
            ///
            /// If `ordering` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $type {
                check_load(ordering);
                $from(self.perform(Action::Load, ordering).value)
            }

            /// Stores a value.
            ///
            /// # Panics
            ///
            /// If `ordering` is `Acquire` or `AcqRel`.
            #[track_caller]
            pub fn store(&self, value: $type, ordering: Ordering) {
                check_store(ordering);
                self.perform(Action::Store(value as $bits as u64), ordering);
            }

            /// Stores a value and returns the previous one.
            #[track_caller]
            pub fn swap(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Replace(value as $bits as u64), ordering)
            }

            /// Stores `new` if the value is `current`. Returns the previous value, as an error if it was another one.
            ///
            /// # Errors
            ///
            /// The value, if it is not `current`.
            ///
            /// # Panics
            ///
            /// If `failure` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                self.exchange(current, new, [success, failure], false)
            }

            /// As [`compare_exchange`](Self::compare_exchange), but it may also fail if the value is `current`.
            ///
            /// # Errors
            ///
            /// The value, which may be `current`.
            ///
            /// # Panics
            ///
            /// If `failure` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                self.exchange(current, new, [success, failure], true)
            }

            /// Replaces the value by what `function` returns for it, or fails if `function` returns `None`. It is a
            /// loop of weak exchanges, as in `std`.
            ///
            /// # Errors
            ///
            /// The value for which `function` returned `None`.
            ///
            /// # Panics
            ///
            /// If `fetch_order` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut function: impl FnMut($type) -> Option<$type>,
            ) -> Result<$type, $type> {
                let mut seen = self.load(fetch_order);
                while let Some(new) = function(seen) {
                    match self.compare_exchange_weak(seen, new, set_order, fetch_order) {
                        Ok(previous) => return Ok(previous),
                        Err(now) => seen = now,
                    }
                }
                Err(seen)
            }

            /// Does the same as [`fetch_update`](Self::fetch_update).
            ///
            /// # Errors
            ///
            /// The value for which `function` returned `None`.
            ///
            /// # Panics
            ///
            /// If `fetch_order` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                function: impl FnMut($type) -> Option<$type>,
            ) -> Result<$type, $type> {
                self.fetch_update(set_order, fetch_order, function)
            }

            /// Replaces the value by what `function` returns for it, and returns the previous value. It is a loop of
            /// weak exchanges, as in `std`.
            ///
            /// # Panics
            ///
            /// If `fetch_order` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut function: impl FnMut($type) -> $type,
            ) -> $type {
                let mut seen = self.load(fetch_order);
                loop {
                    match self.compare_exchange_weak(seen, function(seen), set_order, fetch_order) {
                        Ok(previous) => return previous,
                        Err(now) => seen = now,
                    }
                }
            }

            /// Replaces the value by its bitwise and with `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_and(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::And(value as $bits as u64), ordering)
            }

            /// Replaces the value by its bitwise not-and with `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_nand(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Nand(value as $bits as u64), ordering)
            }

            /// Replaces the value by its bitwise or with `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_or(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Or(value as $bits as u64), ordering)
            }

            /// Replaces the value by its bitwise exclusive or with `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_xor(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Xor(value as $bits as u64), ordering)
            }

            /// Returns the value. This is not an atomic access: one of another thread that does not happen before is a
            /// data race. What the borrower writes is seen from the thread's next operation on.
            #[track_caller]
            pub fn get_mut(&mut self) -> &mut $type {
                let (object, place) = (self.number.get(), Place::caller());
                let first = $from(perform_on(object, Action::Read, place).value);
                let mut before = first;
                let write = move |now: $type| {
                    if std::mem::replace(&mut before, now) != now {
                        perform_on(object, Action::Write(now as $bits as u64), place);
                    }
                };
                // SAFETY: the memory is kept until the replay ends, and `self` is borrowed for as long as the reference.
                unsafe { &mut *lend_copy(first, write) }
            }

            /// Returns the value. This is not an atomic access: one of another thread that does not happen before is a
            /// data race.
            #[track_caller]
            pub fn into_inner(self) -> $type {
                $from(perform_on(self.number.of_moved(), Action::Read, Place::caller()).value)
            }
        }

        impl fmt::Debug for $name {
            /// Shows the value, which is loaded for that.
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.load(Ordering::Relaxed).fmt(formatter)
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(<$type>::default())
            }
        }

        impl From<$type> for $name {
            #[track_caller]
            fn from(value: $type) -> Self {
                Self::new(value)
            }
        }
    };
}

macro_rules! integer {
    ($how:ident, $name:ident, $type:ty, $bits:ty, $maximum:ident, $minimum:ident) => {
        atomic!($how, $name, $type, $bits, |bits: u64| bits as $type, <$bits>::MAX as u64);

        impl $name {
            /// Adds `value`, wrapping around, and returns the previous value.
            #[track_caller]
            pub fn fetch_add(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Add(value as u64), ordering)
            }

            /// Subtracts `value`, wrapping around, and returns the previous value.
            #[track_caller]
            pub fn fetch_sub(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::Subtract(value as u64), ordering)
            }

            /// Replaces the value by the larger one of it and `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_max(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::$maximum(value as $bits as u64), ordering)
            }

            /// Replaces the value by the smaller one of it and `value`, and returns the previous value.
            #[track_caller]
            pub fn fetch_min(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Update::$minimum(value as $bits as u64), ordering)
            }
        }
    };
}

macro_rules! boolean {
    ($how:ident) => {
        atomic!($how, AtomicBool, bool, u8, |bits: u64| bits != 0, 1);

        impl AtomicBool {
            /// Replaces the value by the other one, and returns the previous value.
            #[track_caller]
            pub fn fetch_not(&self, ordering: Ordering) -> bool {
                self.fetch_xor(true, ordering)
            }
        }
    };
}

integer!(created, AtomicU8, u8, u8, Maximum, Minimum);
integer!(created, AtomicU16, u16, u16, Maximum, Minimum);
integer!(created, AtomicU32, u32, u32, Maximum, Minimum);
integer!(created, AtomicU64, u64, u64, Maximum, Minimum);
integer!(created, AtomicUsize, usize, usize, Maximum, Minimum);
integer!(created, AtomicI8, i8, u8, SignedMaximum, SignedMinimum);
integer!(created, AtomicI16, i16, u16, SignedMaximum, SignedMinimum);
integer!(created, AtomicI32, i32, u32, SignedMaximum, SignedMinimum);
integer!(created, AtomicI64, i64, u64, SignedMaximum, SignedMinimum);
integer!(created, AtomicIsize, isize, usize, SignedMaximum, SignedMinimum);
boolean!(created);

/// Atomics whose `new` is `const`, for programs that run elsewhere, see [`crate::outside`].
///
/// Such an atomic is known by where it lies when a thread first uses it: at a place of a thread's stack, or in memory that a
/// thread has allocated. In a static it is refused. So it must not be moved after threads have used it, and there must be only one at each
/// place while the program runs.
pub mod constant {
    use super::{Number, Ordering, check_failure, check_load, check_store};
    use crate::operation::{Action, Answer, Operation, Place, Update};
    use crate::recorder::replay::{lend_copy, perform, perform_on};
    use std::fmt;

    integer!(constant, AtomicU64, u64, u64, Maximum, Minimum);
    integer!(constant, AtomicUsize, usize, usize, Maximum, Minimum);
    integer!(constant, AtomicI64, i64, u64, SignedMaximum, SignedMinimum);
    boolean!(constant);
}
