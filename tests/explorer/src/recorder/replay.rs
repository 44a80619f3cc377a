//! One run of a thread's code, on recorded answers.

use super::values::{Origin, Recipe, Values};
use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering, Place, ThreadPath, Work};
use crate::outside::Alone;
use crate::program::Subject;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::mem;
use std::panic::{self, AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::sync::Once;

/// The payload of the unwinding that ends a replay.
struct Stop;

/// Why a replay ended before the thread did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stopped {
    /// The last operation has no recorded answer, or there are as many operations as were asked for.
    Enough,
    /// The code did what this crate cannot explore.
    Unsupported(&'static str),
}

/// The way from a thread's start to the start of one of its children.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Stage {
    /// What the parent's operations returned.
    pub answers: Vec<Answer>,
    /// How many operations the parent did.
    pub operations: usize,
}

/// Which part of a program runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Part {
    /// None: the thread is not being replayed.
    #[default]
    None,
    /// The function that creates the shared objects.
    Creation,
    /// The expression of a static with this address, which creates objects too.
    Static(usize),
    /// The code of a thread.
    Thread,
}

#[derive(Default)]
struct Replay {
    part: Part,
    answers: Vec<Answer>,
    /// The words of its script that the thread gets after these answers, the last one first.
    words: Vec<u64>,
    answered: usize,
    most: usize,
    operations: Vec<Operation>,
    /// The last work. Work on the next elements joins it, so it becomes an operation only when something else follows.
    work: Option<Operation>,
    objects: Vec<(ObjectId, Object)>,
    /// The objects of statics.
    of_statics: Vec<(ObjectId, Object)>,
    /// What belongs to the statics that have been used, by address.
    statics: HashMap<usize, Rc<dyn Any>>,
    /// The same for thread-local statics, by thread and address.
    locals: HashMap<(ThreadPath, usize), Rc<dyn Any>>,
    /// The number of objects that the thread has created.
    created: u64,
    /// The memory that the code has allocated, by address: its size, the thread, and how much that had allocated before.
    memory: BTreeMap<usize, Allocation>,
    allocations: u64,
    /// Where the stack of each thread on the way begins, and the thread.
    stack: Vec<(usize, ThreadPath)>,
    stages: Vec<Stage>,
    stage: usize,
    children: u64,
    path: ThreadPath,
    name: Option<String>,
    /// How a child ended: the number of its value, or the message of its panic.
    returned: Option<Result<u64, String>>,
    stopped: Option<Stopped>,
    /// Whether what happens is not recorded, because no thread of the program would do it now.
    muted: bool,
    hints: usize,
    /// What is borrowed by `get_mut`, and how it is given back.
    lent: Vec<Loan>,
    /// What is done before each operation, because a copy is borrowed.
    copies: Vec<Box<dyn FnMut()>>,
    /// What lives until the outermost replay ends, because the code may have references to it.
    kept: Vec<Rc<dyn Any>>,
    values: Values,
    program: usize,
    subject: Option<*const dyn Subject>,
    /// How often the thread has handed over a value.
    handed: usize,
    /// The value that the replay is for.
    wanted: Option<Rc<Origin>>,
    /// The memory of a thread that goes on by itself.
    alone: Option<Alone>,
    /// What takes the place of that value.
    spare: Option<Box<dyn Any>>,
    found: Option<Box<dyn Any>>,
    /// The number of replays for values that are still allowed.
    inner: usize,
}

impl Replay {
    fn of(part: usize) -> Self {
        Self { part: Part::Creation, program: part, path: part as ThreadPath + 1, ..Self::default() }
    }

    /// Returns whether the code is being left, so that what it does now is not part of the program.
    fn is_left(&self) -> bool {
        self.muted || self.stopped.is_some() || self.returned.is_some()
    }

    /// Returns whether the code is that of the thread that is asked for, and not of one on the way to it.
    fn is_asked_for(&self) -> bool {
        self.stage == self.stages.len() && self.wanted.is_none()
    }

    /// Returns what an address means in each replay: the thread that owns the memory, and the place in its memory. It is
    /// `None` if no thread owns it, as for a static.
    fn place_of(&self, address: usize) -> Option<(ThreadPath, u64)> {
        let (here, base) = (&raw const self as usize, self.stack.first().map_or(0, |&(base, _)| base));
        if (here..base).contains(&address) {
            let owner = self.stack.iter().rev().find(|&&(start, _)| address < start);
            return owner.map(|&(_, thread)| (thread, (base - address) as u64));
        }
        let (start, of) = self.memory.range(..=address).next_back()?;
        (address - start < of.bytes).then(|| (of.thread, 1 << 62 | of.number << 32 | (address - start) as u64))
    }

    /// Returns the next word of the script, if the operation asks for one.
    fn word(&mut self, operation: Operation) -> Option<Answer> {
        if operation.action != Action::Ask || !self.is_asked_for() {
            return None;
        }
        let word = Answer::value(self.words.pop()?);
        self.answers.push(word);
        Some(word)
    }

    /// Does an operation of a thread that goes on by itself. The inner result is `None` if it does not go on.
    fn answer_alone(&mut self, operation: Operation) -> Option<Option<Answer>> {
        let is_asked_for = self.is_asked_for();
        let alone = self.alone.as_mut().filter(|alone| is_asked_for && self.operations.len() >= alone.before)?;
        let is_its = |(number, _): &&(ObjectId, Object)| *number == operation.object;
        let of_object = self.objects.iter().chain(&self.of_statics).find(is_its);
        of_object.into_iter().for_each(|&(number, object)| alone.add(number, object));
        if let Action::Tell(_) = operation.action {
            self.operations.push(operation);
        }
        Some(match operation.action {
            Action::Ask => Some(Answer::value(self.words.pop().unwrap_or(0))),
            _ => alone.perform(&operation),
        })
    }

    /// Makes the last work an operation. Returns false if the replay has recorded enough and must stop.
    fn ends_work(&mut self) -> bool {
        if let Some(work) = self.work.take() {
            self.operations.push(work);
            if self.operations.len() >= self.most {
                self.stopped = Some(Stopped::Enough);
            }
        }
        self.stopped.is_none()
    }
}

/// Memory that the code has allocated.
struct Allocation {
    bytes: usize,
    thread: ThreadPath,
    /// How often the thread had allocated memory before.
    number: u64,
}

/// What is borrowed, by its address, and how it is given back.
type Loan = (*const (), Box<dyn FnOnce()>);

thread_local! {
    static REPLAY: RefCell<Replay> = RefCell::default();
}

/// Hints without an operation between them after which a loop is taken for one that never does any.
const MOST_HINTS: usize = 10_000;

/// The largest number of children of a thread, so that a path has room for each.
pub const MOST_CHILDREN: u64 = 120;

/// The reason why a replay ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// After the last recorded operation.
    Enough,
    /// The thread returned these values.
    Finished(Vec<u64>),
    /// The thread panicked with this message.
    Panicked(String),
    /// The code did what this crate cannot explore.
    Unsupported(&'static str),
}

/// What a replay has found out.
#[derive(Clone, PartialEq)]
pub struct Record {
    pub operations: Vec<Operation>,
    /// The objects that exist before any thread starts.
    pub objects: Vec<(ObjectId, Object)>,
    /// The objects of the statics that the thread has used.
    pub of_statics: Vec<(ObjectId, Object)>,
    pub end: End,
}

/// What a replay goes on with: all answers so far, the words that follow, and the number of operations until which it goes on.
pub struct Further {
    pub answers: Vec<Answer>,
    pub words: Vec<u64>,
    pub most: usize,
}

/// What a replay has come to.
pub struct SoFar<'a> {
    pub answers: &'a mut Vec<Answer>,
    pub operations: &'a mut Vec<Operation>,
    pub objects: &'a [(ObjectId, Object)],
    pub of_statics: &'a [(ObjectId, Object)],
    pub values: &'a mut Values,
}

/// Where a replay gets further answers when it has no more, so that it need not begin again.
pub trait FurtherAnswers {
    /// Returns further answers, or `None` if the replay ends here. It may take the answers of the replay, but must put
    /// back everything else.
    fn get(&self, so_far: SoFar) -> Option<Further>;
}

/// Sets the words that the next replay gets after its answers.
pub fn set_words(mut words: Vec<u64>) {
    words.reverse();
    WORDS.set(words);
}

thread_local! {
    static WORDS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    static ALONE: RefCell<Option<Alone>> = const { RefCell::new(None) };
    static FURTHER: RefCell<Option<Rc<dyn FurtherAnswers>>> = const { RefCell::new(None) };
}

/// Says whether the thread of the next replay goes on by itself, and in which memory.
pub fn set_alone(alone: Option<Alone>) {
    ALONE.set(alone);
}

/// Returns whether the thread goes on by itself, so that no other thread gets what it hands over.
fn is_alone() -> bool {
    REPLAY.with_borrow(|replay| replay.alone.as_ref().is_some_and(|alone| replay.operations.len() >= alone.before))
}

/// Sets where the replays of this thread get further answers.
pub fn set_further(further: impl FurtherAnswers + 'static) {
    FURTHER.set(Some(Rc::new(further)));
}

/// Runs a part of a program, in which the operations return `answers`, until it has done `most` operations or has no
/// more answers.
pub fn replay(
    part: usize,
    answers: &[Answer],
    most: usize,
    stages: &[Stage],
    values: &mut Values,
    subject: &dyn Subject,
) -> Record {
    let subject: *const (dyn Subject + '_) = subject;
    // SAFETY: only the lifetime changes. The pointer is used only until this function returns.
    let subject = unsafe { mem::transmute::<*const (dyn Subject + '_), *const (dyn Subject + 'static)>(subject) };
    let before = Replay {
        answers: answers.to_vec(),
        words: WORDS.take(),
        alone: ALONE.take(),
        most: stages.iter().map(|stage| stage.operations + 1).fold(most, usize::max),
        stages: stages.to_vec(),
        values: mem::take(values),
        subject: Some(subject),
        inner: MOST_INNER + 2 * most,
        ..Replay::of(part)
    };
    assert!(REPLAY.with_borrow(|replay| replay.part == Part::None), "a program that is explored explores a program");
    let (mut replay, result) = run(before);
    if replay.stopped.is_none() {
        // The thread has ended, and so has its work.
        replay.operations.extend(replay.work.take());
    }
    *values = replay.values;
    let end = match (replay.stopped, replay.returned, result) {
        (Some(Stopped::Unsupported(what)), ..) => End::Unsupported(what),
        (Some(Stopped::Enough), ..) => End::Enough,
        (None, Some(Ok(number)), _) => End::Finished(vec![number]),
        (None, Some(Err(message)), _) => End::Panicked(message),
        (None, None, Ok(returned)) => End::Finished(returned),
        (None, None, Err(payload)) => End::Panicked(message(&*payload)),
    };
    Record { operations: replay.operations, objects: replay.objects, of_statics: replay.of_statics, end }
}

/// Runs a replay, in the middle of which another one may wait.
fn run(replay: Replay) -> (Replay, std::thread::Result<Vec<u64>>) {
    let (part, subject) = (replay.program, replay.subject.expect("a replay is of a program"));
    let of_static = match replay.part {
        Part::Static(address) => replay.values.statics.get(&address).cloned(),
        _ => None,
    };
    let base = 0_u8;
    let stack = vec![(&raw const base as usize, replay.path)];
    let outer = REPLAY.replace(Replay { stack, ..replay });
    let result = catch_unwind(AssertUnwindSafe(|| match of_static {
        Some(init) => {
            init();
            Vec::new()
        }
        // SAFETY: the program lives for as long as the outermost replay of it.
        None => unsafe { &*subject }.run(part),
    }));
    // What the code might have had references to is dropped now, except that another replay needs it.
    if REPLAY.with_borrow(|replay| replay.wanted.is_none()) {
        drop_silently(REPLAY.with_borrow_mut(|replay| {
            (mem::take(&mut replay.statics), mem::take(&mut replay.locals), mem::take(&mut replay.kept))
        }));
    }
    (REPLAY.replace(outer), result)
}

/// Returns the text of a panic.
fn message(payload: &dyn Any) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_string())
}

/// Says that the shared objects have been created, and that a thread runs from here on.
pub fn begin_thread() {
    REPLAY.with_borrow_mut(|replay| replay.part = Part::Thread);
}

/// Registers a new object.
#[track_caller]
pub fn create(held: Held) -> ObjectId {
    let place = Place::caller();
    let object = REPLAY.with_borrow_mut(|replay| {
        assert!(replay.part != Part::None, "{OUTSIDE}");
        if replay.is_left() {
            return NO_OBJECT; // nothing is done to it
        }
        let creator = match replay.part {
            Part::Creation => 0,
            Part::Static(address) => STATIC | address as ThreadPath,
            _ => replay.path,
        };
        replay.created += 1;
        replay.values.object(creator, replay.created)
    });
    if object == NO_OBJECT {
        return object;
    }
    let is_recorded = REPLAY.with_borrow_mut(|replay| {
        match replay.part {
            Part::Creation => replay.objects.push((object, Object { held, place })),
            Part::Static(_) => replay.of_statics.push((object, Object { held, place })),
            _ => return true,
        }
        false
    });
    if is_recorded {
        perform_on(object, Action::Create(held), place);
    }
    object
}

/// Returns the number of the object at this address. It was created when the program was compiled, so it is there from the
/// beginning, as a static is, and its number cannot be given when it is created.
pub fn of_constant(address: usize, held: Held, place: Place) -> ObjectId {
    let aside = Aside::begin();
    let number = REPLAY.with_borrow_mut(|replay| {
        assert!(replay.part != Part::None, "{OUTSIDE}");
        if replay.is_left() {
            return Some(NO_OBJECT); // nothing is done to it
        }
        let (owner, place_of) = replay.place_of(address)?;
        // Memory may be used again, for another object.
        let mut hasher = DefaultHasher::new();
        (place_of, held).hash(&mut hasher);
        let number = replay.values.object(CONSTANT | owner, hasher.finish());
        if replay.of_statics.iter().all(|(known, _)| *known != number) {
            replay.of_statics.push((number, Object { held, place }));
        }
        Some(number)
    });
    drop(aside);
    number.unwrap_or_else(|| {
        refuse("an atomic is in a static, and so a later call finds what an earlier one left: keep it in a value");
        NO_OBJECT
    })
}

/// Returns whether the thread has started threads, which may have used what it owns.
pub fn has_started_threads() -> bool {
    REPLAY.with_borrow(|replay| replay.children > 0)
}

/// Marks the owner of constants as a creator of objects. No thread has such a path.
const CONSTANT: ThreadPath = 1 << 62;

/// Marks the address of a static as a creator of objects. No thread has such a path.
const STATIC: ThreadPath = 1 << 63;

/// Returns what belongs to the static at `address` in this replay: `init` makes it on first use.
pub fn of_static<T: 'static>(address: usize, init: fn() -> T) -> Rc<T> {
    if let Some(known) = REPLAY.with_borrow(|replay| replay.statics.get(&address).cloned()) {
        return known.downcast().expect("a static is of one type");
    }
    let (part, created, handed) = REPLAY.with_borrow_mut(|replay| {
        assert!(replay.part != Part::None, "{OUTSIDE}");
        replay.values.statics.entry(address).or_insert_with(|| Rc::new(move || drop_silently(init())));
        let part = mem::replace(&mut replay.part, Part::Static(address));
        (part, mem::take(&mut replay.created), mem::take(&mut replay.handed))
    });
    let value = Rc::new(init());
    REPLAY.with_borrow_mut(|replay| {
        (replay.part, replay.created, replay.handed) = (part, created, handed);
        replay.statics.insert(address, value.clone());
        replay.kept.push(value.clone());
    });
    value
}

/// Returns what belongs to the thread-local static at `address` in the running thread: `init` makes it on first use.
pub fn of_thread_local<T: 'static>(address: usize, init: fn() -> T) -> Rc<T> {
    let path = current();
    if let Some(known) = REPLAY.with_borrow(|replay| replay.locals.get(&(path, address)).cloned()) {
        return known.downcast().expect("a static is of one type");
    }
    assert!(REPLAY.with_borrow(|replay| replay.part != Part::None), "{OUTSIDE}");
    let value = Rc::new(init());
    REPLAY.with_borrow_mut(|replay| {
        replay.locals.insert((path, address), value.clone());
        replay.kept.push(value.clone());
    });
    value
}

const OUTSIDE: &str = "an object of explorer::sync is used outside of a program that is explored";

/// Stops the replay, because the code does what cannot be explored.
pub fn refuse(what: &'static str) {
    REPLAY.with_borrow_mut(|replay| {
        replay.stopped.get_or_insert(Stopped::Unsupported(what));
    });
    unwind();
}

/// Leaves the thread's code. While a panic unwinds it already, the code must go on, and what it does is not recorded.
fn unwind() {
    if !std::thread::panicking() {
        resume_unwind(Box::new(Stop));
    }
}

/// Says for as long as it lives that the explorer's own code runs, and not the program's.
pub struct Aside(bool);

impl Aside {
    pub fn begin() -> Self {
        Self(ASIDE.replace(true))
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        ASIDE.set(self.0);
    }
}

thread_local! {
    static ASIDE: Cell<bool> = const { Cell::new(false) };
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

/// Notes that the program has allocated memory, unless the explorer's own code runs.
pub fn note_allocation(address: usize, bytes: usize) {
    if ASIDE.get() {
        return;
    }
    ALLOCATED.set(ALLOCATED.get().wrapping_add(bytes as u64));
    let _aside = Aside::begin();
    let _ = REPLAY.try_with(|replay| {
        // It is borrowed if the explorer's own code runs.
        if let Ok(mut replay) = replay.try_borrow_mut()
            && replay.part == Part::Thread
        {
            let allocation = Allocation { bytes, thread: replay.path, number: replay.allocations };
            replay.allocations += 1;
            replay.memory.insert(address, allocation);
        }
    });
}

/// Returns how many bytes the running thread of the program has allocated, and those that it was started from.
pub fn allocated() -> u64 {
    ALLOCATED.get()
}

/// Records an operation and returns its answer. Unwinds if there is none.
pub fn perform(operation: Operation) -> Answer {
    let _aside = Aside::begin();
    enum Next {
        Go(Answer),
        Wait,
        Stop,
        Outside,
        InCreation,
        InStatic,
    }
    settle();
    let next = REPLAY.with_borrow_mut(|replay| {
        if replay.muted {
            return Next::Go(Answer::NOTHING);
        }
        if replay.stopped.is_some() || replay.returned.is_some() {
            return Next::Stop; // the code has caught the unwinding, or a guard is dropped by it
        }
        match replay.part {
            Part::None => return Next::Outside,
            Part::Creation => return Next::InCreation,
            Part::Static(_) => return Next::InStatic,
            Part::Thread => {}
        }
        replay.hints = 0;
        if !replay.ends_work() {
            return Next::Stop;
        }
        if let Some(answer) = replay.answer_alone(operation) {
            return answer.map_or_else(
                || {
                    replay.stopped = Some(Stopped::Enough);
                    Next::Stop
                },
                Next::Go,
            );
        }
        replay.operations.push(operation);
        if operation.returns_nothing() {
            if replay.operations.len() < replay.most {
                return Next::Go(Answer::NOTHING);
            }
            replay.stopped = Some(Stopped::Enough);
            return Next::Stop;
        }
        let answers = replay.stages.get(replay.stage).map_or(&replay.answers, |stage| &stage.answers);
        let answer = answers.get(replay.answered).copied();
        replay.answered += 1;
        answer.or_else(|| replay.word(operation)).map_or(Next::Wait, Next::Go)
    });
    match next {
        Next::Go(answer) => return answer,
        Next::Wait => match further_answer() {
            Some(answer) => return answer,
            None => {
                REPLAY.with_borrow_mut(|replay| replay.stopped = Some(Stopped::Enough));
                unwind();
            }
        },
        Next::Stop => unwind(),
        Next::Outside => panic!("{OUTSIDE}"),
        Next::InStatic => refuse("the first value of a static is computed with shared objects: use them in a thread"),
        Next::InCreation => refuse("the function that creates the shared objects uses them: use them in a thread"),
    }
    Answer::NOTHING
}

/// Gets the answer to the last operation from the one who explores, if the next question goes on from here.
fn further_answer() -> Option<Answer> {
    let further = FURTHER.with_borrow(Clone::clone)?;
    if std::thread::panicking() || !REPLAY.with_borrow(Replay::is_asked_for) {
        return None;
    }
    // Other threads run meanwhile, with replays of their own.
    let mut replay = REPLAY.take();
    let (aside, allocated) = (ASIDE.replace(false), ALLOCATED.get());
    let Replay { answers, operations, objects, of_statics, values, .. } = &mut replay;
    let got = further.get(SoFar { answers, operations, objects, of_statics, values });
    ASIDE.set(aside);
    ALLOCATED.set(allocated);
    let answer = got.and_then(|Further { answers, mut words, most }| {
        words.reverse();
        (replay.answers, replay.words, replay.most) = (answers, words, most);
        replay.answers.get(replay.answered - 1).copied()
    });
    REPLAY.set(replay);
    answer
}

/// Records work. Work that goes on where the last one ended is the same operation.
pub fn work(work: Work, place: Place) {
    let aside = Aside::begin();
    let is_recorded = REPLAY.with_borrow_mut(|replay| {
        if replay.part != Part::Thread || replay.is_left() {
            return false;
        }
        replay.hints = 0;
        let operation = Operation { action: Action::Work(work), object: NO_OBJECT, ordering: Ordering::Relaxed, place };
        let both = replay.work.and_then(|last| match last.action {
            Action::Work(last) => last.joined(work),
            _ => None,
        });
        match both {
            Some(both) => replay.work = replay.work.map(|last| Operation { action: Action::Work(both), ..last }),
            None => replay.work = replay.ends_work().then_some(operation),
        }
        true
    });
    drop(aside);
    if !is_recorded || REPLAY.with_borrow(|replay| replay.stopped.is_some()) {
        // This leaves the code, or reports that work is not allowed here.
        perform_on(NO_OBJECT, Action::Work(work), place);
    }
}

/// Notes that the memory at `lent` is borrowed. `give_back` is called before the thread's next operation.
pub fn lend(lent: *const (), give_back: Box<dyn FnOnce()>) {
    REPLAY.with_borrow_mut(|replay| replay.lent.push((lent, give_back)));
}

/// Takes back what is borrowed, and looks at copies. What was changed becomes an operation.
pub fn settle() {
    if REPLAY.with_borrow(|replay| replay.lent.is_empty() && replay.copies.is_empty()) {
        return;
    }
    let (lent, mut copies) =
        REPLAY.with_borrow_mut(|replay| (mem::take(&mut replay.lent), mem::take(&mut replay.copies)));
    lent.into_iter().for_each(|(_, give_back)| give_back());
    copies.iter_mut().for_each(|check| check());
    REPLAY.with_borrow_mut(|replay| replay.copies = copies);
}

/// Borrows a copy of a value. Before each operation of the thread `write` gets what the copy is then.
pub fn lend_copy<T: Copy + 'static>(value: T, mut write: impl FnMut(T) + 'static) -> *mut T {
    let copy = Rc::new(UnsafeCell::new(value));
    let (pointer, kept) = (copy.get(), copy.clone());
    // SAFETY: the borrower does nothing while this thread does an operation.
    let check = move || write(unsafe { *copy.get() });
    REPLAY.with_borrow_mut(|replay| {
        replay.kept.push(kept);
        replay.copies.push(Box::new(check));
    });
    pointer
}

/// Forgets that the memory is borrowed.
pub fn take_back(lent: *const ()) {
    let _ = REPLAY.try_with(|replay| replay.borrow_mut().lent.retain(|(other, _)| *other != lent));
}

/// Records an operation that has no ordering of its own.
pub fn perform_on(object: ObjectId, action: Action, place: Place) -> Answer {
    perform(Operation { action, object, ordering: Ordering::Relaxed, place })
}

/// Notes that the code waits. A loop that does nothing else would never end.
pub fn hint() {
    let hints = REPLAY.with_borrow_mut(|replay| {
        replay.hints += 1;
        replay.hints
    });
    if hints > MOST_HINTS {
        refuse("a loop waits without an operation: nothing can end it");
    }
}

/// Returns the number of a value that other threads get from now on, and the value.
pub fn give<T: 'static>(value: T) -> (u64, T) {
    if is_alone() {
        return (0, value);
    }
    let Some(number) = simple_number(&value) else {
        let (number, is_wanted) = next_handed(None);
        if is_wanted && !std::thread::panicking() {
            REPLAY.with_borrow_mut(|replay| replay.found = Some(Box::new(value)));
            unwind();
            unreachable!("the code has been left");
        }
        return (number, value);
    };
    (number, value)
}

/// Returns the number of a value in a lock that other threads get from now on. It is `unchanged` if that is given, and
/// `first` is the first value of the lock.
pub fn give_in_place<T: 'static>(value: &mut T, unchanged: Option<u64>, first: u64) -> u64 {
    if is_alone() {
        return 0;
    }
    if let Some(number) = simple_number(value).or(unchanged) {
        return number;
    }
    let (number, is_wanted) = next_handed(Some(first));
    if is_wanted {
        let spare = REPLAY.with_borrow_mut(|replay| replay.spare.take());
        if let Some(Ok(spare)) = spare.map(|spare| spare.downcast::<T>()) {
            let value = mem::replace(value, *spare);
            REPLAY.with_borrow_mut(|replay| replay.found = Some(Box::new(value)));
        }
        unwind();
    }
    number
}

fn simple_number<T: 'static>(value: &T) -> Option<u64> {
    REPLAY.with_borrow_mut(|replay| replay.values.simple(value))
}

/// Returns the number of the value that the thread hands over now, and whether the replay is for it.
fn next_handed(spare: Option<u64>) -> (u64, bool) {
    REPLAY.with_borrow_mut(|replay| {
        if replay.is_left() {
            return (0, false);
        }
        let stages = replay.stages[..replay.stage.min(replay.stages.len())].to_vec();
        let answers = replay.stages.get(replay.stage).map_or(&replay.answers, |stage| &stage.answers);
        let answers = answers[..replay.answered.min(answers.len())].to_vec();
        let origin = match replay.part {
            Part::Creation => Origin { part: 0, stages, answers, handed: replay.handed, of_static: None },
            Part::Static(address) => Origin { of_static: Some(address), handed: replay.handed, ..Origin::default() },
            _ => Origin { part: replay.program, stages, answers, handed: replay.handed, of_static: None },
        };
        replay.handed += 1;
        let is_wanted = replay.wanted.as_deref() == Some(&origin);
        if is_wanted {
            replay.stopped = Some(Stopped::Enough);
        }
        (replay.values.made(origin, spare), is_wanted)
    })
}

/// The content of a lock that a paused thread has handed over. Another thread may take it from there.
struct Lying {
    content: *mut (),
    /// The number of the value that lies there.
    number: *const Cell<u64>,
    of: TypeId,
}

thread_local! {
    /// The values that can be taken from where they lie, by number.
    static LYING: RefCell<HashMap<u64, Lying>> = RefCell::default();
    /// The values that threads left behind when they ended, by number.
    static LEFT: RefCell<HashMap<u64, Box<dyn Any>>> = RefCell::default();
}

/// Returns whether values move from thread to thread, because threads pause and are not run again.
fn values_move() -> bool {
    let is_asked_for =
        REPLAY.with_borrow(|replay| replay.is_asked_for() && !replay.is_left() && replay.alone.is_none());
    is_asked_for && FURTHER.with_borrow(Option::is_some)
}

/// Notes that the thread does not use the value in this memory until it gets one again.
pub fn lay_down<T: 'static>(content: *mut T, number: *const Cell<u64>, of: u64) {
    if values_move() && REPLAY.with_borrow(|replay| replay.values.is_made(of)) {
        let lying = Lying { content: content.cast(), number, of: TypeId::of::<T>() };
        LYING.with_borrow_mut(|all| all.insert(of, lying));
    }
}

/// Returns where the value with this number lies, and the place of its number.
pub fn lies<T: 'static>(number: u64) -> Option<(*mut T, *const Cell<u64>)> {
    if !values_move() {
        return None;
    }
    let lying = LYING.with_borrow_mut(|all| all.remove(&number)).filter(|lying| lying.of == TypeId::of::<T>())?;
    Some((lying.content.cast(), lying.number))
}

/// Notes that the value with this number does not lie there any more. Returns whether it did.
pub fn pick_up(number: *const Cell<u64>, of: u64) -> bool {
    let is_there = |all: &HashMap<u64, Lying>| all.get(&of).is_some_and(|lying| lying.number == number);
    // When a thread of the system ends, its values may be dropped after the list.
    LYING.try_with(|all| is_there(&all.borrow()) && all.borrow_mut().remove(&of).is_some()).unwrap_or(false)
}

/// Keeps a value for a thread that gets it later, because the memory where it lies is freed.
pub fn leave_behind<T: 'static>(number: u64, value: T) {
    drop_silently(LEFT.with_borrow_mut(|all| all.insert(number, Box::new(value))));
}

/// Drops what threads left behind.
pub fn drop_left() {
    drop_silently(LEFT.take());
}

/// Replays that a replay may need for the values that the thread gets, and two for each operation.
const MOST_INNER: usize = 10_000;

/// Returns the value of a number, or nothing while the code is being left.
pub fn value_of<T: 'static>(number: u64) -> Option<T> {
    let _aside = Aside::begin();
    if is_left() {
        return None;
    }
    if values_move() {
        let left = LEFT.with_borrow_mut(|all| all.remove(&number));
        if let Some(Ok(value)) = left.map(Box::<dyn Any>::downcast::<T>) {
            return Some(*value);
        }
    }
    let Recipe { origin, spare } = match REPLAY.with_borrow(|replay| replay.values.get(number)) {
        Ok(value) => return Some(value),
        Err(recipe) => recipe,
    };
    if REPLAY.with_borrow(|replay| replay.inner == 0) {
        refuse("threads hand on values too often whose type is not a simple one");
    }
    if std::thread::panicking() {
        refuse("a destructor gets a value from another thread during a panic");
        return None;
    }
    let spare = match spare {
        Some(first) => Some(Box::new(value_of::<T>(first)?) as Box<dyn Any>),
        None => None,
    };
    let replay = REPLAY.with_borrow_mut(|outer| Replay {
        answers: origin.answers.clone(),
        most: usize::MAX,
        stages: origin.stages.clone(),
        values: mem::take(&mut outer.values),
        subject: outer.subject,
        wanted: Some(origin.clone()),
        spare,
        inner: outer.inner - 1,
        part: origin.of_static.map_or(Part::Creation, Part::Static),
        ..Replay::of(origin.part)
    });
    let (replay, _) = run(replay);
    REPLAY.with_borrow_mut(|outer| {
        outer.values = replay.values;
        outer.inner = replay.inner;
        outer.kept.extend(replay.kept); // the value may refer to it
    });
    let found = replay.found.and_then(|found| found.downcast().ok()).map(|found| *found);
    if found.is_none() {
        refuse("a thread does not make the same value when it runs again");
    }
    found
}

/// Returns whether the code is being left, so that what it does now is not part of the program.
pub fn is_left() -> bool {
    REPLAY.with_borrow(Replay::is_left)
}

/// Starts a thread: a replay of the child runs its body here, on its parent's stack. A replay of the parent returns the
/// child's number.
pub fn spawn<T: 'static, F: FnOnce() -> T>(body: F, place: Place) -> (u64, F) {
    settle();
    let mut enters = false;
    REPLAY.with_borrow_mut(|replay| {
        replay.ends_work();
        let is_here = |stage: &Stage| stage.operations == replay.operations.len();
        enters = !replay.muted && replay.stopped.is_none() && replay.stages.get(replay.stage).is_some_and(is_here);
        if enters {
            replay.stage += 1;
            replay.path = super::path_of_child(replay.path, replay.children);
            replay.answered = 0;
            replay.children = 0;
            replay.created = 0;
            replay.allocations = 0;
            replay.stack.push((&raw const enters as usize, replay.path));
            replay.handed = 0;
            replay.work = None;
            replay.operations.clear();
        }
    });
    if enters {
        let returned = match catch_unwind(AssertUnwindSafe(body)) {
            Ok(value) => {
                settle();
                let (number, value) = give(value);
                if values_move() && REPLAY.with_borrow(|replay| replay.values.is_made(number)) {
                    leave_behind(number, value);
                } else {
                    drop_silently(value);
                }
                Ok(number)
            }
            Err(payload) if payload.is::<Stop>() => resume_unwind(payload),
            Err(payload) => Err(message(&*payload)),
        };
        REPLAY.with_borrow_mut(|replay| replay.returned = Some(returned));
        resume_unwind(Box::new(Stop));
    }
    if REPLAY.with_borrow(|replay| replay.children >= MOST_CHILDREN) {
        refuse("a thread starts more than 120 threads");
    }
    perform_on(NO_OBJECT, Action::Spawn, place);
    let number = REPLAY.with_borrow_mut(|replay| {
        replay.children += 1;
        replay.children - 1
    });
    (number, body)
}

/// Returns the path of the running thread.
pub fn current() -> ThreadPath {
    REPLAY.with_borrow(|replay| replay.path)
}

/// Gives the running thread a name.
pub fn set_name(name: Option<String>) {
    REPLAY.with_borrow_mut(|replay| replay.name = name);
}

/// Returns the name of the running thread, if it has this path.
pub fn name(path: ThreadPath) -> Option<&'static str> {
    REPLAY.with_borrow_mut(|replay| {
        let is_main = path == 1 && replay.path == 1;
        let name = if is_main { Some("main") } else { replay.name.as_deref() };
        let name = name.filter(|_| replay.path == path)?;
        Some(*replay.values.names.entry(name.to_string()).or_insert_with(|| name.to_string().leak()))
    })
}

/// Returns the path of a child of the running thread.
pub fn path_of_child(number: u64) -> ThreadPath {
    super::path_of_child(current(), number)
}

/// A value whose destructor is not recorded.
pub struct Silent<T>(pub Option<T>);

impl<T> Drop for Silent<T> {
    fn drop(&mut self) {
        drop_silently(self.0.take());
    }
}

/// Drops a value without recording what its destructor does.
pub fn drop_silently<T>(value: T) {
    let before = REPLAY.with_borrow_mut(|replay| mem::replace(&mut replay.muted, true));
    drop(value);
    REPLAY.with_borrow_mut(|replay| replay.muted = before);
}

/// Makes panics silent for as long as code is replayed: there they are findings.
pub fn silence_panics() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |information| {
            let is_replaying =
                REPLAY.try_with(|replay| replay.try_borrow().is_ok_and(|replay| replay.part != Part::None));
            if !is_replaying.unwrap_or(false) {
                usual(information);
            }
        }));
    });
}
