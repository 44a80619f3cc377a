//! Values that threads hand to each other, such as the content of a mutex, as numbers.
//!
//! Each thread is run alone, so a thread that gets a value needs one of its own. A value of a simple type is cloned, and
//! equal ones have the same number. A value of another type is made again: the thread that made it is run up to the
//! point where it hands the value over.

use super::replay::Stage;
use crate::object::ObjectId;
use crate::operation::{Answer, Place, ThreadPath};
use std::any::{Any, TypeId};
use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

/// Where a value comes from: what a thread hands over when it has done so `handed` times before.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Origin {
    pub part: usize,
    pub stages: Vec<Stage>,
    pub answers: Vec<Answer>,
    pub handed: usize,
    /// The address of the static whose expression makes it.
    pub of_static: Option<usize>,
}

/// How a thread gets a value.
#[derive(Clone, Debug)]
pub struct Recipe {
    pub origin: Rc<Origin>,
    /// The number of a value that takes the place of this one where it comes from.
    pub spare: Option<u64>,
}

enum Value {
    Simple {
        value: Box<dyn Any>,
        text: Option<String>,
    },
    Made(Recipe),
    /// A value of another process.
    Elsewhere {
        is_made: bool,
        text: Option<String>,
    },
}

/// All values so far.
#[derive(Default)]
pub struct Values {
    all: Vec<Value>,
    simple: HashMap<(TypeId, u64), Vec<u64>>,
    made: HashMap<Rc<Origin>, u64>,
    /// For a value that was made, one that is taken for the same, because a loop that waits was left a
    /// round later. With the part of the program and the place of that loop.
    pub alike: HashMap<u64, (u64, (usize, Place))>,
    objects: HashMap<(ThreadPath, u64), ObjectId>,
    /// The expressions of statics, by address.
    pub statics: HashMap<usize, Rc<dyn Fn()>>,
    /// The names of threads. Each is leaked once.
    pub names: HashMap<String, &'static str>,
}

impl Values {
    /// Returns the number of a value of a simple type.
    pub fn simple<T: 'static>(&mut self, value: &T) -> Option<u64> {
        let methods = SIMPLE.get(&TypeId::of::<T>())?;
        let mut hasher = DefaultHasher::new();
        (methods.hash)(value, &mut hasher);
        let alike = self.simple.entry((TypeId::of::<T>(), hasher.finish())).or_default();
        let is_it = |&&number: &&u64| match &self.all[number as usize] {
            Value::Simple { value: known, .. } => (methods.equals)(&**known, value),
            Value::Made(_) | Value::Elsewhere { .. } => false,
        };
        if let Some(&number) = alike.iter().find(is_it) {
            return Some(number);
        }
        let number = self.all.len() as u64;
        alike.push(number);
        self.all.push(Value::Simple { value: (methods.clone)(value), text: (methods.text)(value) });
        Some(number)
    }

    /// Returns the number of a value that is made again for each thread that gets it.
    pub fn made(&mut self, origin: Origin, spare: Option<u64>) -> u64 {
        if let Some(&number) = self.made.get(&origin) {
            return number;
        }
        let (number, origin) = (self.all.len() as u64, Rc::new(origin));
        self.all.push(Value::Made(Recipe { origin: origin.clone(), spare }));
        self.made.insert(origin, number);
        number
    }

    /// Returns the value of a number, or how it is made.
    pub fn get<T: 'static>(&self, number: u64) -> Result<T, Recipe> {
        match &self.all[number as usize] {
            Value::Simple { value, .. } => {
                let clone = (SIMPLE[&TypeId::of::<T>()].clone)(&**value);
                Ok(*clone.downcast().expect("a number is of one type"))
            }
            Value::Made(recipe) => Err(recipe.clone()),
            Value::Elsewhere { .. } => unreachable!("the code that uses it runs in another process"),
        }
    }

    /// Returns how many values there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Adds a value of another process.
    pub fn describe(&mut self, is_made: bool, text: Option<String>) {
        self.all.push(Value::Elsewhere { is_made, text });
    }

    /// Returns whether a value is made again for each thread that gets it.
    pub fn is_made(&self, number: u64) -> bool {
        matches!(self.all.get(number as usize), Some(Value::Made(_) | Value::Elsewhere { is_made: true, .. }))
    }

    /// Returns the number of the object that a thread creates as its n-th.
    pub fn object(&mut self, creator: ThreadPath, number: u64) -> ObjectId {
        let new = self.objects.len() as ObjectId;
        *self.objects.entry((creator, number)).or_insert(new)
    }

    /// Returns a text for the value, if its type is a simple one.
    pub fn text(&self, number: u64) -> Option<&str> {
        match self.all.get(number as usize)? {
            Value::Simple { text, .. } | Value::Elsewhere { text, .. } => text.as_deref(),
            Value::Made(_) => None,
        }
    }
}

/// What can be done with the values of a simple type.
struct Methods {
    clone: fn(&dyn Any) -> Box<dyn Any>,
    equals: fn(&dyn Any, &dyn Any) -> bool,
    hash: fn(&dyn Any, &mut DefaultHasher),
    text: fn(&dyn Any) -> Option<String>,
}

/// A type whose values can be cloned and compared. Floating-point numbers are compared by their bits.
trait Simple: Clone + Debug + 'static {
    fn equals(&self, other: &Self) -> bool;
    fn feed(&self, hasher: &mut DefaultHasher);
}

macro_rules! simple {
    ($($type:ty),*) => { $(impl Simple for $type {
        fn equals(&self, other: &Self) -> bool {
            self == other
        }

        fn feed(&self, hasher: &mut DefaultHasher) {
            Hash::hash(self, hasher);
        }
    })* };
}

simple!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, bool, char, (), String, &'static str);
simple!(crate::sync::thread::Thread, crate::sync::thread::ThreadId, Range<usize>, Range<u64>);

macro_rules! float {
    ($($type:ty),*) => { $(impl Simple for $type {
        fn equals(&self, other: &Self) -> bool {
            self.to_bits() == other.to_bits()
        }

        fn feed(&self, hasher: &mut DefaultHasher) {
            self.to_bits().hash(hasher);
        }
    })* };
}

float!(f32, f64);

impl<T: Simple> Simple for Option<T> {
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(one), Some(two)) => one.equals(two),
            (one, two) => one.is_none() && two.is_none(),
        }
    }

    fn feed(&self, hasher: &mut DefaultHasher) {
        self.is_some().hash(hasher);
        self.iter().for_each(|value| value.feed(hasher));
    }
}

macro_rules! sequence {
    ($([$($count:tt)*] $type:ty),*) => { $(impl<T: Simple $($count)*> Simple for $type {
        fn equals(&self, other: &Self) -> bool {
            self.len() == other.len() && self.iter().zip(other).all(|(one, two)| one.equals(two))
        }

        fn feed(&self, hasher: &mut DefaultHasher) {
            self.len().hash(hasher);
            self.iter().for_each(|value| value.feed(hasher));
        }
    })* };
}

sequence!([] Vec<T>, [] VecDeque<T>, [, const N: usize] [T; N]);

impl<T: Simple, U: Simple> Simple for (T, U) {
    fn equals(&self, other: &Self) -> bool {
        self.0.equals(&other.0) && self.1.equals(&other.1)
    }

    fn feed(&self, hasher: &mut DefaultHasher) {
        self.0.feed(hasher);
        self.1.feed(hasher);
    }
}

fn methods<T: Simple>() -> (TypeId, Methods) {
    fn of<T: 'static>(value: &dyn Any) -> &T {
        value.downcast_ref().expect("methods of a type are called for that type")
    }
    let methods = Methods {
        clone: |value| Box::new(of::<T>(value).clone()),
        equals: |one, two| of::<T>(one).equals(of::<T>(two)),
        hash: |value, hasher| of::<T>(value).feed(hasher),
        text: |value| (TypeId::of::<T>() != TypeId::of::<()>()).then(|| format!("{:?}", of::<T>(value))),
    };
    (TypeId::of::<T>(), methods)
}

/// The simple types, whose values are compared.
static SIMPLE: LazyLock<HashMap<TypeId, Methods>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    macro_rules! add {
        ($($type:ty),*) => { $(all.extend([
            methods::<$type>(),
            methods::<Option<$type>>(),
            methods::<Vec<$type>>(),
            methods::<Vec<Vec<$type>>>(),
            methods::<VecDeque<$type>>(),
            methods::<[$type; 2]>(),
            methods::<[$type; 3]>(),
            methods::<[$type; 4]>(),
            methods::<($type, $type)>(),
        ]);)* };
    }
    add!(
        u8,
        u16,
        u32,
        u64,
        u128,
        usize,
        i8,
        i16,
        i32,
        i64,
        i128,
        isize,
        f32,
        f64,
        bool,
        char,
        (),
        String,
        &'static str
    );
    add!(crate::sync::thread::Thread, crate::sync::thread::ThreadId);
    add!(
        Range<usize>,
        Range<u64>,
        (usize, f64),
        (u64, f64),
        (usize, i64),
        (u64, i64),
        Option<f64>,
        Option<i64>,
        Option<u64>
    );
    all
});
