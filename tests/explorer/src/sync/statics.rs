//! Statics, which every execution has anew.

use crate::recorder::replay::{of_static, of_thread_local};
use std::cell::{Cell, RefCell};
use std::ops::Deref;
use std::rc::Rc;
pub use std::thread::AccessError;

/// A static that is explored. Each execution begins with its first value.
///
/// The constructors of this crate are not `const`, because each replay creates the objects anew. So a static is written
/// with [`statics!`](crate::statics):
///
/// ```
/// use explorer::sync::{atomic::{AtomicU64, Ordering::Relaxed}, thread};
/// use explorer::{Main, Memory, explore};
///
/// explorer::statics! {
///     static COUNTER: AtomicU64 = AtomicU64::new(5);
/// }
///
/// let program = Main::new(|| {
///     let child = thread::spawn(|| { COUNTER.fetch_add(1, Relaxed); });
///     child.join().unwrap();
///     COUNTER.load(Relaxed)
/// });
/// assert_eq!(explore(&program, Memory::Cpp20).finals(), [vec![6]]);
/// ```
#[derive(Debug)]
pub struct Static<T: 'static> {
    init: fn() -> T,
}

impl<T> Static<T> {
    /// Creates a static from the function that computes its first value.
    pub const fn new(init: fn() -> T) -> Self {
        Self { init }
    }
}

impl<T: Sync> Deref for Static<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let value: *const T = Rc::as_ptr(&of_static(&raw const *self as usize, self.init));
        // SAFETY: the outermost replay keeps the value until it ends, and with it all code that uses the reference.
        unsafe { &*value }
    }
}

/// [`std::thread::LocalKey`], with a value for each thread that is explored. What its destructor does is not explored.
#[derive(Debug)]
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

impl<T> LocalKey<T> {
    /// Creates a thread-local static from the function that computes the first value. Use
    /// [`thread_local!`](crate::thread_local).
    #[doc(hidden)]
    pub const fn new(init: fn() -> T) -> Self {
        Self { init }
    }

    /// Calls `function` with the thread's value.
    pub fn with<R>(&'static self, function: impl FnOnce(&T) -> R) -> R {
        function(&of_thread_local(&raw const *self as usize, self.init))
    }

    /// As [`with`](Self::with). The value is always there.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_with<R>(&'static self, function: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        Ok(self.with(function))
    }
}

impl<T> LocalKey<Cell<T>> {
    /// Sets the value of the cell.
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// Returns the value of the cell.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes the value and leaves the default one.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Sets the value and returns the previous one.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T> LocalKey<RefCell<T>> {
    /// Calls `function` with a reference to the value.
    pub fn with_borrow<R>(&'static self, function: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| function(&cell.borrow()))
    }

    /// Calls `function` with a mutable reference to the value.
    pub fn with_borrow_mut<R>(&'static self, function: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| function(&mut cell.borrow_mut()))
    }

    /// Sets the value of the cell.
    pub fn set(&'static self, value: T) {
        self.with(|cell| drop(cell.replace(value)));
    }

    /// Takes the value and leaves the default one.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// Sets the value and returns the previous one.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

/// Declares statics that are explored, see [`Static`](crate::sync::Static).
#[macro_export]
macro_rules! statics {
    ($($(#[$attribute:meta])* $visible:vis static $name:ident: $type:ty = $value:expr;)*) => { $(
        $(#[$attribute])*
        $visible static $name: $crate::sync::Static<$type> = $crate::sync::Static::new(|| $value);
    )* };
}

/// Declares thread-local statics that are explored, as [`std::thread_local!`] does.
#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attribute:meta])* $visible:vis static $name:ident: $type:ty = const $value:block $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visible static $name: $crate::sync::thread::LocalKey<$type> = $crate::sync::thread::LocalKey::new(|| $value);
        $($crate::thread_local!($($rest)*);)?
    };
    ($(#[$attribute:meta])* $visible:vis static $name:ident: $type:ty = $value:expr $(; $($rest:tt)*)?) => {
        $(#[$attribute])*
        $visible static $name: $crate::sync::thread::LocalKey<$type> = $crate::sync::thread::LocalKey::new(|| $value);
        $($crate::thread_local!($($rest)*);)?
    };
}
