//! One run of a thread's code, on recorded answers.

use super::values::{Content, Values};
use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering, Place, ThreadPath};
use std::any::Any;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe, Location, catch_unwind, resume_unwind};
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
#[derive(Clone, Debug)]
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
    /// A thread.
    Thread,
}

#[derive(Default)]
struct Replay {
    part: Part,
    answers: Vec<Answer>,
    answered: usize,
    most: usize,
    operations: Vec<Operation>,
    objects: Vec<Object>,
    /// The number of objects that the thread has created.
    created: u64,
    stages: Vec<Stage>,
    stage: usize,
    children: u64,
    path: ThreadPath,
    /// How a child ended: the number of its value, or the message of its panic.
    returned: Option<Result<u64, String>>,
    stopped: Option<Stopped>,
    /// Whether what happens is not recorded, because no thread of the program would do it now.
    muted: bool,
    hints: usize,
    values: Values,
}

impl Replay {
    /// Returns whether the code is being left, so that what it does now is not part of the program.
    fn is_left(&self) -> bool {
        self.muted || self.stopped.is_some() || self.returned.is_some()
    }
}

thread_local! {
    static REPLAY: RefCell<Replay> = RefCell::default();
}

/// Hints without an operation between them after which a loop is taken for one that never does any.
const MOST_HINTS: usize = 10_000;

/// The largest number of children of a thread, so that a path has room for each.
const MOST_CHILDREN: u64 = 60;

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
pub struct Record {
    pub operations: Vec<Operation>,
    pub objects: Vec<Object>,
    pub end: End,
}

/// Runs `run`, in which the operations return `answers`, until it has done `most` operations or has no more answers.
pub fn replay(
    part: usize,
    answers: &[Answer],
    most: usize,
    stages: &[Stage],
    values: &mut Values,
    run: &dyn Fn() -> Vec<u64>,
) -> Record {
    REPLAY.with_borrow_mut(|replay| {
        assert!(replay.part == Part::None, "a program that is explored explores a program");
        *replay = Replay {
            part: Part::Creation,
            path: part as ThreadPath + 1,
            answers: answers.to_vec(),
            most: stages.iter().map(|stage| stage.operations + 1).fold(most, usize::max),
            stages: stages.to_vec(),
            values: std::mem::take(values),
            ..Replay::default()
        };
    });
    let result = catch_unwind(AssertUnwindSafe(run));
    let replay = REPLAY.take();
    *values = replay.values;
    let end = match (replay.stopped, replay.returned, result) {
        (Some(Stopped::Unsupported(what)), ..) => End::Unsupported(what),
        (Some(Stopped::Enough), ..) => End::Enough,
        (None, Some(Ok(number)), _) => End::Finished(vec![number]),
        (None, Some(Err(message)), _) => End::Panicked(message),
        (None, None, Ok(returned)) => End::Finished(returned),
        (None, None, Err(payload)) => End::Panicked(message(&*payload)),
    };
    Record { operations: replay.operations, objects: replay.objects, end }
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
    let place = Location::caller();
    let object = REPLAY.with_borrow_mut(|replay| {
        assert!(replay.part != Part::None, "{OUTSIDE}");
        if replay.is_left() {
            return NO_OBJECT; // nothing is done to it
        }
        let creator = if replay.part == Part::Creation { 0 } else { replay.path };
        replay.created += 1;
        replay.values.object(creator, replay.created)
    });
    if object == NO_OBJECT {
        return object;
    }
    if REPLAY.with_borrow(|replay| replay.part == Part::Creation) {
        REPLAY.with_borrow_mut(|replay| replay.objects.push(Object { held, place }));
    } else {
        perform_on(object, Action::Create(held), place);
    }
    object
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

/// Records an operation and returns its answer. Unwinds if there is none.
pub fn perform(operation: Operation) -> Answer {
    enum Next {
        Go(Answer),
        Stop,
        Outside,
        InCreation,
    }
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
            Part::Thread => {}
        }
        replay.hints = 0;
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
        match answer {
            Some(answer) => Next::Go(answer),
            None => {
                replay.stopped = Some(Stopped::Enough);
                Next::Stop
            }
        }
    });
    match next {
        Next::Go(answer) => return answer,
        Next::Stop => unwind(),
        Next::Outside => panic!("{OUTSIDE}"),
        Next::InCreation => refuse("the function that creates the shared objects uses them: use them in a thread"),
    }
    Answer::NOTHING
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

/// Returns the number of a value.
pub fn number_of<T: Content>(value: &T) -> u64 {
    REPLAY.with_borrow_mut(|replay| replay.values.number(value))
}

/// Returns the value of a number, or nothing while the code is being left.
pub fn value_of<T: Content>(number: u64) -> Option<T> {
    (!is_left()).then(|| REPLAY.with_borrow(|replay| replay.values.value(number)))
}

/// Returns whether the code is being left, so that what it does now is not part of the program.
pub fn is_left() -> bool {
    REPLAY.with_borrow(Replay::is_left)
}

/// Starts a thread: a replay of the child runs its body here, on its parent's stack. A replay of the parent returns the
/// child's number.
pub fn spawn<T: Content>(body: impl FnOnce() -> T, place: Place) -> (u64, impl FnOnce() -> T) {
    let enters = REPLAY.with_borrow_mut(|replay| {
        let is_here = |stage: &Stage| stage.operations == replay.operations.len();
        let enters = !replay.muted && replay.stopped.is_none() && replay.stages.get(replay.stage).is_some_and(is_here);
        if enters {
            replay.stage += 1;
            replay.path = replay.path << 6 | (replay.children + 1);
            replay.answered = 0;
            replay.children = 0;
            replay.created = 0;
            replay.operations.clear();
        }
        enters
    });
    if enters {
        let returned = match catch_unwind(AssertUnwindSafe(body)) {
            Ok(value) => Ok(number_of(&value)),
            Err(payload) if payload.is::<Stop>() => resume_unwind(payload),
            Err(payload) => Err(message(&*payload)),
        };
        REPLAY.with_borrow_mut(|replay| replay.returned = Some(returned));
        resume_unwind(Box::new(Stop));
    }
    if REPLAY.with_borrow(|replay| replay.children >= MOST_CHILDREN) {
        refuse("a thread starts more than 60 threads");
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

/// Returns the path of a child of the running thread.
pub fn path_of_child(number: u64) -> ThreadPath {
    current() << 6 | (number + 1)
}

/// Drops a value without recording what its destructor does.
pub fn drop_silently<T>(value: T) {
    let before = REPLAY.with_borrow_mut(|replay| std::mem::replace(&mut replay.muted, true));
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
