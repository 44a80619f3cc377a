//! Programs that run in another process. That process answers one question: what does this thread do next, after its
//! operations have returned these answers? All else is here: the memory, the order of the steps, the numbers that are
//! added up, and the verdict. So a program that lies about its next operation is another program, and is judged as that.
//!
//! Each thread follows a *script*, a list of words that it asks for one by one: which method to call, with which
//! arguments. It tells what the methods return. It never learns what other threads are asked, except through the objects
//! that they share. All scripts are played against the same answers of the other process: they are remembered, and a
//! second answer to the same question is never asked for.

mod frame;

use crate::machine::MOST_OBJECTS;
use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering, Place, ThreadPath, Update};
use crate::program::Subject;
use crate::recorder::replay::{self, End, Record, Stage, perform_on};
use crate::recorder::values::Values;
use frame::{Reader, Writer};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{self, Read, Write};
use std::panic;
use std::rc::Rc;

pub use crate::operation::Work;

/// A question: what does a part of the program do?
pub(crate) struct Request<'a> {
    pub part: usize,
    pub answers: &'a [Answer],
    pub most: usize,
    pub stages: &'a [Stage],
}

/// The data with which threads work: it belongs to the one who explores.
pub trait Data {
    /// Returns the result of some work. It is `None` if no such work exists, and then the program is asked no more.
    fn result(&self, work: Work) -> Option<u64>;

    /// Returns how many ticks the work takes.
    fn ticks(&self, work: Work) -> u64;
}

/// Data of a program that works with none.
#[derive(Clone, Copy, Debug)]
pub struct NoData;

impl Data for NoData {
    fn result(&self, _work: Work) -> Option<u64> {
        None
    }

    fn ticks(&self, _work: Work) -> u64 {
        0
    }
}

/// A line to another process: a byte stream in each direction.
pub trait Line: Read + Write {}

impl<T: Read + Write> Line for T {}

/// Why a program answers no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The line is closed, or too slow.
    Closed(String),
    /// The answer means nothing.
    Nonsense(&'static str),
    /// It wants work that does not exist.
    NoSuchWork(Work),
}

/// A value that threads hand on, as the other process describes it.
#[derive(Clone, Debug)]
struct Described {
    is_made: bool,
    text: Option<String>,
}

type Question = (u64, usize, usize, Vec<Answer>, Vec<Stage>);

/// What an object is to its operations.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Atomic,
    Plain,
    Mutex,
}

impl Kind {
    fn of(held: Held) -> Option<Self> {
        Some(match held {
            Held::Atomic(_) => Self::Atomic,
            Held::Plain(_) => Self::Plain,
            Held::Mutex { .. } => Self::Mutex,
            _ => return None,
        })
    }

    /// Returns what an operation is done to, if it is done to an object.
    fn wanted_by(action: Action) -> Option<Self> {
        Some(match action {
            Action::Load | Action::Store(_) | Action::Update(..) | Action::CompareExchange { .. } => Self::Atomic,
            Action::Read | Action::Write(_) => Self::Plain,
            Action::Lock | Action::TryLock | Action::Unlock { .. } | Action::IsPoisoned | Action::ClearPoison => {
                Self::Mutex
            }
            Action::Create(held) => return Self::of(held),
            _ => return None,
        })
    }
}

/// A program in another process, with all that it has answered so far.
pub struct Outside {
    line: RefCell<Box<dyn Line>>,
    known: RefCell<HashMap<Question, Record>>,
    values: RefCell<Vec<Described>>,
    silence: RefCell<Option<Silence>>,
    files: RefCell<HashMap<String, &'static str>>,
    /// What each object is.
    kinds: RefCell<HashMap<ObjectId, Kind>>,
    tables: Cell<u64>,
    questions: Cell<usize>,
}

impl Outside {
    /// Creates a program from the line to the process that runs it.
    pub fn new(line: impl Line + 'static) -> Rc<Self> {
        Rc::new(Self {
            line: RefCell::new(Box::new(line)),
            known: RefCell::default(),
            values: RefCell::default(),
            silence: RefCell::default(),
            files: RefCell::default(),
            kinds: RefCell::default(),
            tables: Cell::new(0),
            questions: Cell::new(0),
        })
    }

    /// Returns why the program answers no more, if it does not.
    pub fn silence(&self) -> Option<Silence> {
        self.silence.borrow().clone()
    }

    /// Returns how many questions the process was asked.
    pub fn questions(&self) -> usize {
        self.questions.get()
    }

    fn ask(&self, request: &Request, table: u64, data: &dyn Data) -> Result<Record, Silence> {
        let mut frame = Writer::default();
        frame.word(table);
        frame.word(request.part as u64);
        frame.word(request.most as u64);
        frame.answers(request.answers);
        frame.word(request.stages.len() as u64);
        for stage in request.stages {
            frame.word(stage.operations as u64);
            frame.answers(&stage.answers);
        }
        let line = &mut **self.line.borrow_mut();
        let closed = |error: io::Error| Silence::Closed(error.to_string());
        frame.send(line).map_err(closed)?;
        self.questions.set(self.questions.get() + 1);
        loop {
            let bytes = frame::receive(line).map_err(closed)?;
            let mut reader = Reader::new(&bytes);
            match reader.word() {
                Some(WORK) => {
                    let work = reader.work().ok_or(Silence::Nonsense("its work is not complete"))?;
                    let result = data.result(work).ok_or(Silence::NoSuchWork(work))?;
                    let mut frame = Writer::default();
                    frame.word(result);
                    frame.send(line).map_err(closed)?;
                }
                Some(RECORD) => {
                    return self.record(&mut reader).ok_or(Silence::Nonsense("its operations are not complete"));
                }
                _ => return Err(Silence::Nonsense("it answers with something else than operations")),
            }
        }
    }

    /// Reads what a replay has found out.
    fn record(&self, reader: &mut Reader) -> Option<Record> {
        let mut values = self.values.borrow_mut();
        for _ in 0..reader.count()? {
            let is_made = reader.word()? == 1;
            let text = if reader.word()? == 1 { Some(reader.text()?) } else { None };
            values.push(Described { is_made, text });
        }
        let most = values.len() as u64;
        let mut objects = Vec::new();
        for _ in 0..reader.count()? {
            let number = object(reader.word()?)?;
            objects.push((number, Object { held: held(reader, most)?, place: self.place(reader)? }));
        }
        let (mut operations, mut started) = (Vec::new(), 0);
        for _ in 0..reader.count()? {
            let operation = self.operation(reader, most)?;
            match operation.action {
                Action::Spawn => started += 1,
                Action::Join(child) if child >= started => return None,
                _ => {}
            }
            operations.push(operation);
        }
        let end = match reader.word()? {
            0 => End::Enough,
            1 => {
                let mut values = Vec::new();
                for _ in 0..reader.count()? {
                    values.push(reader.word()?);
                }
                // A thread that was started returns the number of its value.
                if values.is_empty() { return None } else { End::Finished(values) }
            }
            2 => End::Panicked(reader.text()?),
            _ => End::Unsupported(reader.text()?.leak()),
        };
        reader.is_empty().then_some(Record { operations, objects, of_statics: Vec::new(), end })
    }

    fn place(&self, reader: &mut Reader) -> Option<Place> {
        let name = reader.text()?;
        let mut files = self.files.borrow_mut();
        if files.len() > 100 {
            return None;
        }
        let file = match files.entry(name) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let name: &'static str = new.key().clone().leak();
                new.insert(name)
            }
        };
        Some(Place { file, line: reader.small()?, column: reader.small()? })
    }

    fn operation(&self, reader: &mut Reader, most: u64) -> Option<Operation> {
        let action = action(reader, most)?;
        let number = reader.word()?;
        let object = if number == u64::from(NO_OBJECT) { NO_OBJECT } else { object(number)? };
        // An object that does not exist, or is something else, would end the exploration and not the program.
        match Kind::wanted_by(action) {
            None if object == NO_OBJECT => {}
            Some(kind) if object != NO_OBJECT => {
                let mut kinds = self.kinds.borrow_mut();
                let known = match action {
                    Action::Create(_) => Some(*kinds.entry(object).or_insert(kind)),
                    _ => kinds.get(&object).copied(),
                };
                if known != Some(kind) {
                    return None;
                }
            }
            _ => return None,
        }
        Some(Operation { action, object, ordering: ordering(reader)?, place: self.place(reader)? })
    }
}

/// Returns an object's number if it is one.
fn object(number: u64) -> Option<ObjectId> {
    (number < MOST_OBJECTS as u64).then_some(number as ObjectId)
}

const WORK: u64 = 1;
const RECORD: u64 = 2;

/// The orderings, by their numbers on the line.
const ORDERINGS: [Ordering; 5] =
    [Ordering::Relaxed, Ordering::Acquire, Ordering::Release, Ordering::AcqRel, Ordering::SeqCst];

fn ordering(reader: &mut Reader) -> Option<Ordering> {
    ORDERINGS.get(usize::try_from(reader.word()?).ok()?).copied()
}

fn ordering_number(ordering: Ordering) -> u64 {
    ORDERINGS.iter().position(|one| *one == ordering).unwrap_or(4) as u64
}

/// The updates, by their numbers on the line.
const UPDATES: [fn(u64) -> Update; 11] = [
    Update::Replace,
    Update::Add,
    Update::Subtract,
    Update::And,
    Update::Nand,
    Update::Or,
    Update::Xor,
    Update::Maximum,
    Update::Minimum,
    Update::SignedMaximum,
    Update::SignedMinimum,
];

fn update_parts(update: Update) -> (u64, u64) {
    match update {
        Update::Replace(value) => (0, value),
        Update::Add(value) => (1, value),
        Update::Subtract(value) => (2, value),
        Update::And(value) => (3, value),
        Update::Nand(value) => (4, value),
        Update::Or(value) => (5, value),
        Update::Xor(value) => (6, value),
        Update::Maximum(value) => (7, value),
        Update::Minimum(value) => (8, value),
        Update::SignedMaximum(value) => (9, value),
        Update::SignedMinimum(value) => (10, value),
    }
}

/// Reads what an object is when it is created.
fn held(reader: &mut Reader, most: u64) -> Option<Held> {
    Some(match reader.word()? {
        0 => Held::Atomic(reader.word()?),
        1 => Held::Plain(reader.word()?),
        2 => {
            let content = reader.word()?;
            if content >= most {
                return None;
            }
            Held::Mutex { holder: None, content, poisoned: false }
        }
        _ => return None,
    })
}

fn write_held(frame: &mut Writer, held: Held) -> Option<()> {
    match held {
        Held::Atomic(value) => [0, value],
        Held::Plain(value) => [1, value],
        Held::Mutex { content, .. } => [2, content],
        _ => return None,
    }
    .into_iter()
    .for_each(|word| frame.word(word));
    Some(())
}

fn action(reader: &mut Reader, most: u64) -> Option<Action> {
    Some(match reader.word()? {
        0 => Action::Create(held(reader, most)?),
        1 => Action::Load,
        2 => Action::Store(reader.word()?),
        3 => {
            let update = UPDATES.get(usize::try_from(reader.word()?).ok()?)?;
            let (value, mask) = (reader.word()?, reader.word()?);
            if mask == 0 {
                return None;
            }
            Action::Update(update(value), mask)
        }
        4 => Action::CompareExchange {
            expected: reader.word()?,
            new: reader.word()?,
            failure: ordering(reader)?,
            weak: reader.word()? == 1,
        },
        5 => Action::Fence,
        6 => Action::Read,
        7 => Action::Write(reader.word()?),
        8 => Action::Lock,
        9 => Action::TryLock,
        10 => {
            let (content, poisoned) = (reader.word()?, reader.word()? == 1);
            if content >= most {
                return None;
            }
            Action::Unlock { content, poisoned }
        }
        11 => Action::IsPoisoned,
        12 => Action::ClearPoison,
        13 => Action::Spawn,
        14 => Action::Join(reader.word()?),
        15 => Action::Ask,
        16 => Action::Tell(reader.word()?),
        17 => Action::Work(reader.work()?),
        _ => return None,
    })
}

/// Writes an action; `None` if it has no place in an exercise.
fn write_action(frame: &mut Writer, action: Action) -> Option<()> {
    let number = match action {
        Action::Create(_) => 0,
        Action::Load => 1,
        Action::Store(_) => 2,
        Action::Update(..) => 3,
        Action::CompareExchange { .. } => 4,
        Action::Fence => 5,
        Action::Read => 6,
        Action::Write(_) => 7,
        Action::Lock => 8,
        Action::TryLock => 9,
        Action::Unlock { .. } => 10,
        Action::IsPoisoned => 11,
        Action::ClearPoison => 12,
        Action::Spawn => 13,
        Action::Join(_) => 14,
        Action::Ask => 15,
        Action::Tell(_) => 16,
        Action::Work(_) => 17,
        _ => return None,
    };
    frame.word(number);
    match action {
        Action::Create(held) => write_held(frame, held)?,
        Action::Store(value) | Action::Write(value) | Action::Join(value) | Action::Tell(value) => frame.word(value),
        Action::Update(update, mask) => {
            let (number, value) = update_parts(update);
            [number, value, mask].into_iter().for_each(|word| frame.word(word));
        }
        Action::CompareExchange { expected, new, failure, weak } => {
            let words = [expected, new, ordering_number(failure), weak.into()];
            words.into_iter().for_each(|word| frame.word(word));
        }
        Action::Unlock { content, poisoned } => {
            frame.word(content);
            frame.word(poisoned.into());
        }
        Action::Work(work) => frame.work(work),
        _ => {}
    }
    Some(())
}

/// A program in another process whose threads follow scripts.
///
/// Its outcome has, for each thread in the order of their starts, how many values it has told, and these values. With
/// one memory, one number for each started thread follows: 9 bits for each of its first 7 calls, 3 bits in them for each
/// of the first 3 started threads. They say how many values that thread had told when the call began.
pub struct Asked {
    outside: Rc<Outside>,
    /// The words for each thread: for the first one, and then for those that it starts, in their order.
    scripts: Vec<Vec<u64>>,
    data: Rc<dyn Data>,
    table: u64,
}

impl Asked {
    /// Creates a program whose threads follow these scripts: the first thread the first one, and each thread that it
    /// starts the next. Behind its end a script has zeros.
    pub fn new(outside: Rc<Outside>, scripts: Vec<Vec<u64>>) -> Self {
        Self { outside, scripts, data: Rc::new(NoData), table: 0 }
    }

    /// Creates such a program whose threads work with `data`.
    pub fn with_data(outside: Rc<Outside>, scripts: Vec<Vec<u64>>, data: Rc<dyn Data>) -> Self {
        let table = outside.tables.get() + 1;
        outside.tables.set(table);
        Self { outside, scripts, data, table }
    }

    pub(crate) fn script(&self, path: ThreadPath) -> Option<&[u64]> {
        let number = match path {
            1 => 0,
            _ if path >> crate::operation::CHILD_BITS == 1 => path & ((1 << crate::operation::CHILD_BITS) - 1),
            _ => return None,
        };
        self.scripts.get(number as usize).map(Vec::as_slice)
    }

    pub(crate) fn ticks(&self, work: Work) -> u64 {
        self.data.ticks(work)
    }

    /// Returns what the other process does, or did when it was asked before.
    pub(crate) fn replay(&self, request: &Request, values: &mut Values) -> Record {
        let question = (self.table, request.part, request.most, request.answers.to_vec(), request.stages.to_vec());
        let known = self.outside.known.borrow().get(&question).cloned();
        let record = known.unwrap_or_else(|| {
            if self.outside.silence.borrow().is_none() {
                match self.outside.ask(request, self.table, &*self.data) {
                    Ok(record) => {
                        self.outside.known.borrow_mut().insert(question, record.clone());
                        return record;
                    }
                    Err(silence) => *self.outside.silence.borrow_mut() = Some(silence),
                }
            }
            Record {
                operations: Vec::new(),
                objects: Vec::new(),
                of_statics: Vec::new(),
                end: End::Unsupported("the program answers no more"),
            }
        });
        for Described { is_made, text } in self.outside.values.borrow().iter().skip(values.len()) {
            values.describe(*is_made, text.clone());
        }
        record
    }
}

impl Subject for Asked {
    fn threads(&self) -> usize {
        1
    }

    fn has_end(&self) -> bool {
        false
    }

    fn ends_with_first(&self) -> bool {
        true
    }

    fn asked(&self) -> Option<&Asked> {
        Some(self)
    }

    fn run(&self, _thread: usize) -> Vec<u64> {
        unreachable!("the program runs in another process")
    }
}

type Results = HashMap<Work, u64>;

/// Gets the result of some work.
type Working = Box<dyn FnMut(Work) -> u64>;

thread_local! {
    /// How the running program gets results of work, in the process that runs it.
    static WORKING: RefCell<Option<Working>> = const { RefCell::new(None) };
    /// Where the last panic happened.
    static PANICKED: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Returns the next word of the running thread's script.
#[track_caller]
pub fn ask() -> u64 {
    perform_on(NO_OBJECT, Action::Ask, Place::caller()).value
}

/// Tells what a method has returned.
#[track_caller]
pub fn tell(value: u64) {
    perform_on(NO_OBJECT, Action::Tell(value), Place::caller());
}

/// Returns the result of some work with the data of the one who explores.
#[track_caller]
pub fn work(work: Work) -> u64 {
    perform_on(NO_OBJECT, Action::Work(work), Place::caller());
    if replay::is_left() {
        return 0;
    }
    WORKING.with_borrow_mut(|working| working.as_mut().map_or(0, |working| working(work)))
}

/// Answers questions about a program, until the line is closed.
///
/// # Errors
///
/// The line is broken.
pub fn serve(subject: &dyn Subject, line: impl Line + 'static) -> io::Result<()> {
    replay::silence_panics();
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |information| {
        usual(information);
        let place = information.location().map(|place| format!("{}:{}:{}", place.file(), place.line(), place.column()));
        PANICKED.set(place.unwrap_or_default());
    }));
    let line = Rc::new(RefCell::new(line));
    let results: Rc<RefCell<Results>> = Rc::default();
    let (to, known) = (line.clone(), results.clone());
    WORKING.set(Some(Box::new(move |work| {
        *known.borrow_mut().entry(work).or_insert_with(|| {
            let mut frame = Writer::default();
            frame.word(WORK);
            frame.work(work);
            let line = &mut *to.borrow_mut();
            let answer = frame.send(line).and_then(|()| frame::receive(line));
            answer.ok().and_then(|bytes| Reader::new(&bytes).word()).unwrap_or_else(|| std::process::exit(1))
        })
    })));
    let (mut values, mut table, mut described) = (Values::default(), 0, 0);
    loop {
        let bytes = match frame::receive(&mut *line.borrow_mut()) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let incomplete = || io::Error::new(io::ErrorKind::InvalidData, "the question is not complete");
        let mut reader = Reader::new(&bytes);
        let (other, part, most, answers, stages) = question(&mut reader).ok_or_else(incomplete)?;
        if std::mem::replace(&mut table, other) != other {
            results.borrow_mut().clear();
        }
        let record = replay::replay(part, &answers, most, &stages, &mut values, subject);
        let mut frame = Writer::default();
        frame.word(RECORD);
        frame.word((values.len() - described) as u64);
        for number in described..values.len() {
            frame.word(values.is_made(number as u64).into());
            let text = values.text(number as u64);
            frame.word(text.is_some().into());
            if let Some(text) = text {
                frame.text(text);
            }
        }
        described = values.len();
        write(&mut frame, &record);
        frame.send(&mut *line.borrow_mut())?;
    }
}

fn question(reader: &mut Reader) -> Option<Question> {
    let (table, part, most) = (reader.word()?, reader.word()? as usize, reader.word()? as usize);
    let answers = reader.answers()?;
    let mut stages = Vec::new();
    for _ in 0..reader.count()? {
        stages.push(Stage { operations: reader.word()? as usize, answers: reader.answers()? });
    }
    Some((table, part, most, answers, stages))
}

/// Writes what a replay has found out.
fn write(frame: &mut Writer, record: &Record) {
    let place = |frame: &mut Writer, place: Place| {
        frame.text(place.file);
        frame.word(place.line.into());
        frame.word(place.column.into());
    };
    let mut refused = None;
    frame.word(record.objects.len() as u64);
    for (number, object) in &record.objects {
        frame.word((*number).into());
        if write_held(frame, object.held).is_none() {
            [0, 0].into_iter().for_each(|word| frame.word(word));
            refused = Some("it uses objects that an exercise does not have");
        }
        place(frame, object.place);
    }
    let mut operations = Writer::default();
    let mut count = 0;
    for operation in &record.operations {
        if write_action(&mut operations, operation.action).is_none() {
            refused = Some("it uses operations that an exercise does not have");
            break;
        }
        operations.word(operation.object.into());
        operations.word(ordering_number(operation.ordering));
        place(&mut operations, operation.place);
        count += 1;
    }
    frame.word(count);
    frame.append(operations);
    match (&record.end, refused) {
        (_, Some(what)) | (&End::Unsupported(what), None) => {
            frame.word(3);
            frame.text(what);
        }
        (End::Enough, None) => frame.word(0),
        (End::Finished(values), None) => {
            frame.word(1);
            frame.word(values.len().max(1) as u64);
            values.iter().for_each(|&value| frame.word(value));
            if values.is_empty() {
                frame.word(0);
            }
        }
        (End::Panicked(message), None) => {
            let message: String = message.chars().take(1_000).collect();
            frame.word(2);
            frame.text(&PANICKED.with_borrow(|place| format!("{place}: {message}")));
        }
    }
}
