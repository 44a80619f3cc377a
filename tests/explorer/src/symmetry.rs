//! Symmetry: threads that run the same code can change places.
//!
//! If the code of some threads does the same in each of them, then so does every schedule in which these threads have
//! changed their places. So states that differ only in that are one state, and the search explores one of them. The
//! recorder finds out which threads these are, and a state's key orders them.
//!
//! Nothing is lost, not even a number. The search sees every step of the state that it explores, and the steps of the
//! others are the same steps with other names. So a step remembers which thread becomes which, see
//! [`Edge`](crate::search::Edge), and each schedule of the program is exactly one path through the explored states.

use crate::machine::MOST_THREADS;
use crate::object::ThreadId;
use std::ops::Range;

/// New numbers for the threads: a permutation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Renaming {
    /// For each thread its new number, in 4 bits.
    numbers: u32,
}

impl Renaming {
    /// Leaves each thread its number.
    pub const NONE: Self = Self { numbers: 0x7654_3210 };

    /// Creates a renaming from a function that gives each thread its new number.
    fn new(number: impl Fn(ThreadId) -> ThreadId) -> Self {
        let threads = 0..MOST_THREADS as ThreadId;
        Self { numbers: threads.fold(0, |numbers, thread| numbers | u32::from(number(thread)) << (4 * thread)) }
    }

    /// Creates the renaming that gives `threads[0]` number 0, `threads[1]` number 1, and so on.
    pub fn to_places(threads: &[ThreadId; MOST_THREADS]) -> Self {
        Self::new(|place| threads[place as usize]).reversed()
    }

    /// Returns a thread's new number.
    pub fn of(self, thread: ThreadId) -> ThreadId {
        (self.numbers >> (4 * thread) & 0xf) as ThreadId
    }

    /// Returns the renaming that leads back.
    pub fn reversed(self) -> Self {
        let threads = 0..MOST_THREADS as ThreadId;
        Self { numbers: threads.fold(0, |numbers, thread| numbers | u32::from(thread) << (4 * self.of(thread))) }
    }

    /// Returns this renaming followed by another.
    pub fn then(self, next: Self) -> Self {
        Self::new(|thread| next.of(self.of(thread)))
    }
}

/// Returns the renaming after which interchangeable threads begin in the order of their numbers. `threads` are the
/// threads of a schedule's steps.
pub fn in_order_of_beginning(threads: impl Iterator<Item = ThreadId>, alike: &[Range<usize>]) -> Renaming {
    let mut order: [ThreadId; MOST_THREADS] = std::array::from_fn(|thread| thread as ThreadId);
    let mut begun = 0;
    let mut places: Vec<usize> = alike.iter().map(|group| group.start).collect();
    for thread in threads {
        let group = alike.iter().position(|group| group.contains(&usize::from(thread)));
        if let Some(group) = group
            && begun >> thread & 1 == 0
        {
            begun |= 1 << thread;
            let place = order.iter().position(|&other| other == thread).expect("each thread has a place");
            order[places[group]..=place].rotate_right(1);
            places[group] += 1;
        }
    }
    Renaming::to_places(&order)
}

/// Returns in how many ways interchangeable threads can have these properties: `n!`, divided by the number of ways in
/// which threads with equal properties change places.
pub fn arrangements<T: Ord>(properties: &mut [T]) -> usize {
    properties.sort_unstable();
    let (mut ways, mut equal) = (1, 0);
    for index in 0..properties.len() {
        equal = if index > 0 && properties[index] == properties[index - 1] { equal + 1 } else { 1 };
        ways = ways * (index + 1) / equal;
    }
    ways
}
