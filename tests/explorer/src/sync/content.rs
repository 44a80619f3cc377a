//! What a lock protects: memory of one replay, and the number of the value in it.

use crate::object::ObjectId;
use crate::operation::{Action, Place};
use crate::recorder::replay::{
    drop_silently, give, give_in_place, lay_down, leave_behind, lend, lies, perform_on, pick_up, refuse, take_back,
    value_of,
};
use std::any::type_name;
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;

/// The content of a lock. In each replay the thread that takes the lock puts the right value into it.
pub struct Content<T: 'static> {
    value: ManuallyDrop<Box<UnsafeCell<T>>>,
    /// The number of the value in this replay.
    number: ManuallyDrop<Box<Cell<u64>>>,
    first: u64,
}

impl<T> Content<T> {
    pub fn new(value: T) -> Self {
        if type_name::<T>().contains("Cell<") {
            refuse("a lock's content has a Cell or a RefCell, whose changes are not seen: use the lock's guard");
        }
        let (first, value) = give(value);
        Self {
            value: ManuallyDrop::new(Box::new(UnsafeCell::new(value))),
            number: ManuallyDrop::new(Box::new(Cell::new(first))),
            first,
        }
    }

    /// Returns the number of the first value.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Puts the value with this number into the memory, unless it is there.
    ///
    /// # Safety
    ///
    /// If the value is not there, nothing may refer to the memory.
    pub unsafe fn become_value(&self, number: u64) {
        pick_up(&raw const **self.number, self.number.get());
        if number == self.number.get() {
            return;
        }
        if let Some((value, at)) = lies::<T>(number) {
            // SAFETY: nothing refers to this memory, as the caller says. Nothing refers to the other memory either: it is
            // that of another lock that lives, because dropping it picks its value up, and has no guard, because that picks
            // it up too. So the two differ, because this value has just been picked up.
            unsafe {
                std::ptr::swap(self.value.get(), value);
                let before = self.number.replace(number);
                (*at).set(before);
                lay_down(value, at, before);
            }
        } else if let Some(value) = value_of(number) {
            // SAFETY: nothing refers to the memory, as the caller says.
            let before = unsafe { std::mem::replace(&mut *self.value.get(), value) };
            self.number.set(number);
            drop_silently(before);
        }
    }

    /// Returns the number of the value, which other threads get from now on.
    ///
    /// # Safety
    ///
    /// Nothing may refer to the memory.
    pub unsafe fn hand_over(&self, has_changed: bool) -> u64 {
        // SAFETY: nothing refers to the memory, as the caller says.
        let value = unsafe { &mut *self.value.get() };
        self.number.set(give_in_place(value, (!has_changed).then_some(self.number.get()), self.first));
        lay_down(self.value.get(), &raw const **self.number, self.number.get());
        self.number.get()
    }

    pub fn get(&self) -> *mut T {
        self.value.get()
    }

    /// Returns the value of a lock that has just been taken with this answer. It is unlocked by the next operation.
    pub fn lend(&mut self, object: ObjectId, answer: u64, place: Place) -> &mut T {
        // SAFETY: `self` is borrowed mutably.
        unsafe { self.become_value(answer >> 1) };
        let (first, value) = (self.first, self.value.get());
        let give_back = move || {
            // SAFETY: the box lives, because dropping it takes the loan back. The borrower does nothing now, because
            // this thread does an operation.
            let content = give_in_place(unsafe { &mut *value }, None, first);
            perform_on(object, Action::Unlock { content, poisoned: answer & 1 == 1 }, place);
            content
        };
        let number: *const Cell<u64> = &raw const **self.number;
        // SAFETY: as above.
        lend(value.cast(), Box::new(move || unsafe { &*number }.set(give_back())));
        // SAFETY: `self` is borrowed for as long as the reference lives.
        unsafe { &mut *value }
    }

    pub fn into_value(mut self) -> T {
        pick_up(&raw const **self.number, self.number.get());
        take_back(self.value.get().cast());
        // SAFETY: `self` is forgotten, so that the value is not used again.
        let value = unsafe { ManuallyDrop::take(&mut self.value) };
        // SAFETY: as above.
        unsafe { ManuallyDrop::drop(&mut self.number) };
        std::mem::forget(self);
        value.into_inner()
    }
}

impl<T> Drop for Content<T> {
    /// Drops the value silently: it need not be the last one.
    fn drop(&mut self) {
        let number = self.number.get();
        let is_lying = pick_up(&raw const **self.number, number);
        take_back(self.value.get().cast());
        // SAFETY: the value is not used again.
        let value = unsafe { ManuallyDrop::take(&mut self.value) };
        // SAFETY: as above.
        unsafe { ManuallyDrop::drop(&mut self.number) };
        if is_lying {
            leave_behind(number, value.into_inner());
        } else {
            drop_silently(value);
        }
    }
}
