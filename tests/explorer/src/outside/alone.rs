//! A thread that goes on by itself: no other thread does anything, and the program answers its own operations. So hundreds of
//! thousands of operations take one question. A program may lie about what they come to, so a thread by itself can only show a
//! fault: nothing counts in favour of a program because of it.

use super::frame::{Reader, Writer};
use super::{held, write_held};
use crate::object::{Held, Object, ObjectId, put, synchronise};
use crate::operation::{Action, Answer, Operation};

/// The memory of a thread that goes on by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Alone {
    /// The number of the thread's operations that have been done before.
    pub before: usize,
    /// What the objects hold then, by number.
    pub objects: Vec<Held>,
    /// The number of further operations after which the thread stops.
    pub most: usize,
}

impl Alone {
    /// Adds the objects that exist before any thread starts, if the thread starts now.
    pub fn begin(&mut self, created: &[(ObjectId, Object)]) {
        if self.before == 0 && self.objects.is_empty() {
            created.iter().for_each(|(number, object)| put(&mut self.objects, *number, object.held));
        }
    }

    /// Does an operation, and returns its answer. It is `None` if the thread has done enough, or waits for another thread.
    pub fn perform(&mut self, operation: &Operation) -> Option<Answer> {
        self.most = self.most.checked_sub(1)?;
        let place = operation.object as usize;
        let value = self.objects.get(place).copied().filter(|held| held.is_memory()).map(Held::memory);
        let mut store = |value| self.objects[place] = self.objects[place].with_memory(value);
        match operation.action {
            Action::Create(held) => put(&mut self.objects, operation.object, held),
            Action::Tell(_) | Action::Fence | Action::Checkpoint(_) => {}
            Action::Load | Action::Read => return Some(Answer::value(value?)),
            Action::Store(new) | Action::Write(new) => value.map(|_| store(new))?,
            Action::Update(update, mask) => {
                store(update.apply(value?, mask));
                return value.map(Answer::value);
            }
            Action::CompareExchange { expected, new, .. } => {
                let value = value?;
                if value != expected {
                    return Some(Answer { value, failed: true });
                }
                store(new);
                return Some(Answer::value(value));
            }
            Action::Lock | Action::TryLock | Action::Unlock { .. } | Action::IsPoisoned | Action::ClearPoison => {
                self.objects.get(place)?;
                let effect = *synchronise(operation, 0, &self.objects).first()?;
                self.objects[place] = effect.held;
                return Some(effect.answer);
            }
            _ => return None,
        }
        Some(Answer::NOTHING)
    }

    pub(super) fn write(&self, frame: &mut Writer) {
        let is_known = |held: &&Held| matches!(held, Held::Atomic(_) | Held::Plain(_) | Held::Mutex { .. });
        let objects = self.objects.iter().enumerate().filter(|(_, held)| is_known(held)).collect::<Vec<_>>();
        [self.before, self.most, objects.len()].into_iter().for_each(|word| frame.word(word as u64));
        for (number, &held) in objects {
            frame.word(number as u64);
            let _ = write_held(frame, held); // only such objects are written
            let (is_poisoned, is_held) = match held {
                Held::Mutex { poisoned, holder, .. } => (poisoned, holder.is_some()),
                _ => (false, false),
            };
            frame.word(is_poisoned.into());
            frame.word(is_held.into());
        }
    }

    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let (before, most) = (reader.word()? as usize, reader.word()? as usize);
        let mut objects = Vec::new();
        for _ in 0..reader.count()? {
            let number = super::object(reader.word()?)?;
            let (first, is_poisoned, is_held) = (held(reader, u64::MAX)?, reader.word()? == 1, reader.word()? == 1);
            let held = match first {
                // The thread itself is number 0, and holds nothing while it waits.
                Held::Mutex { content, .. } => {
                    Held::Mutex { content, poisoned: is_poisoned, holder: is_held.then_some(1) }
                }
                other => other,
            };
            put(&mut objects, number, held);
        }
        Some(Self { before, objects, most })
    }
}
