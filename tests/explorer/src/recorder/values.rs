//! Values that threads hand to each other, such as the content of a mutex, as numbers.

use crate::object::ObjectId;
use crate::operation::ThreadPath;
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

/// A value that threads may hand to each other. Each thread is run alone, so a value that goes from one to another is
/// cloned; and two states are the same if their values are equal.
pub trait Content: Clone + Eq + Hash + 'static {}

impl<T: Clone + Eq + Hash + 'static> Content for T {}

/// All values so far. Equal values of one type have the same number.
#[derive(Default)]
pub struct Values {
    all: Vec<Box<dyn Any>>,
    texts: Vec<Option<String>>,
    known: HashMap<(TypeId, u64), Vec<u64>>,
    hasher: RandomState,
    objects: HashMap<(ThreadPath, u64), ObjectId>,
}

impl Values {
    /// Returns the number of a value.
    pub fn number<T: Content>(&mut self, value: &T) -> u64 {
        let key = (TypeId::of::<T>(), self.hasher.hash_one(value));
        let alike = self.known.entry(key).or_default();
        let is_it = |&&number: &&u64| self.all[number as usize].downcast_ref::<T>() == Some(value);
        if let Some(&number) = alike.iter().find(is_it) {
            return number;
        }
        let number = self.all.len() as u64;
        alike.push(number);
        self.all.push(Box::new(value.clone()));
        self.texts.push(text(value));
        number
    }

    /// Returns the value of a number that [`number`](Self::number) returned for the same type.
    pub fn value<T: Content>(&self, number: u64) -> T {
        self.all[number as usize].downcast_ref::<T>().expect("a number is of one type").clone()
    }

    /// Returns the number of the object that a thread creates as its n-th.
    pub fn object(&mut self, creator: ThreadPath, number: u64) -> ObjectId {
        let new = self.objects.len() as ObjectId;
        *self.objects.entry((creator, number)).or_insert(new)
    }

    /// Returns a text for the value, if its type is a simple one.
    pub fn text(&self, number: u64) -> Option<&str> {
        self.texts.get(number as usize)?.as_deref()
    }
}

/// Returns a text for a value of a simple type.
fn text(value: &dyn Any) -> Option<String> {
    macro_rules! one_of {
        ($($t:ty),*) => { None$(.or_else(|| value.downcast_ref::<$t>().map(|value| value.to_string())))* };
    }
    one_of!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, bool, char, String, &'static str)
}
