//! Programs that run in another process. That process answers one question: what does this thread do next, after its
//! operations have returned these answers? All else is here: the memory, the order of the steps, the numbers that are
//! added up, and the verdict. So a program that lies about its next operation is another program, and is judged as that.
//!
//! Each thread follows a *script*, a list of words that it asks for one by one: which method to call, with which
//! arguments. It tells what the methods return. It never learns what other threads are asked, except through the objects
//! that they share. Answers that do not depend on data are remembered, except those of long runs. So the scripts of small
//! programs are played against the same answers.

mod alone;
mod frame;
mod program;

use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering, Place, ThreadPath, Update};
use crate::program::Subject;
use crate::recorder::replay::{End, Record, Stage};
use crate::recorder::values::Values;
pub(crate) use alone::Alone;
use frame::{Reader, Writer};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::rc::Rc;

pub use crate::operation::Work;
pub use crate::recorder::replay::{allocated, note_allocation};
pub use program::{ask, result, serve, tell, values, work};

/// A question: what does a part of the program do?
pub(crate) struct Request<'a> {
    pub part: usize,
    pub answers: &'a [Answer],
    /// The words that the thread gets after these answers.
    pub words: &'a [u64],
    pub most: usize,
    pub stages: &'a [Stage],
    /// Whether the thread is soon asked about other answers, so that it need not go on from these.
    pub is_trial: bool,
}

/// What a thread came to by itself, without any other thread.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ByItself {
    /// The values that it told.
    pub told: Vec<u64>,
    /// How it ended: with [`End::Enough`] if it has done all operations that it was given, or waits for another thread.
    pub end: End,
}

/// The data with which threads work: it belongs to the exploring process.
pub trait Data {
    /// Returns the result of work with many elements. If it is `None`, the work does not exist, and the
    /// program gets no further question.
    fn result(&self, work: Work) -> Option<u64>;

    /// Returns the value of one element; `None` if the index is too large or the kind is another.
    fn value(&self, kind: u8, index: u64) -> Option<u64>;

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

    fn value(&self, _kind: u8, _index: u64) -> Option<u64> {
        None
    }

    fn ticks(&self, _work: Work) -> u64 {
        0
    }
}

/// A line to another process: a byte stream in each direction.
pub trait Line: Read + Write {}

impl<T: Read + Write> Line for T {}

/// Standard input and output as a line.
pub struct Standard {
    input: io::StdinLock<'static>,
    output: io::StdoutLock<'static>,
}

impl Standard {
    /// Takes both until the value is dropped.
    #[allow(clippy::new_without_default, reason = "it is not a value that one leaves to a default")]
    pub fn new() -> Self {
        Self { input: io::stdin().lock(), output: io::stdout().lock() }
    }
}

impl Read for Standard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.flush()
    }
}

/// The reason why a program stopped answering.
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

/// A question without data: the number of the start, the number of operations, their answers, and the words that follow.
type Known = (usize, usize, Vec<Answer>, Vec<u64>);

/// Where a thread starts: the part of the program, and the way to the thread from there.
type Start = (usize, Vec<Stage>);

/// What a thread that starts there was asked and answered last: only what differs is sent.
#[derive(Clone, Default)]
struct Last {
    answers: Vec<Answer>,
    operations: Vec<Operation>,
    /// How often operations were sent.
    times: usize,
}

/// What an object is to its operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
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
    /// What it has answered to questions without data.
    known: RefCell<HashMap<Known, Record>>,
    /// The numbers of the starts that it knows.
    starts: RefCell<HashMap<Start, usize>>,
    last: RefCell<Vec<Last>>,
    values: RefCell<Vec<Described>>,
    silence: RefCell<Option<Silence>>,
    /// The names of its source files, by number.
    files: RefCell<Vec<&'static str>>,
    /// What each object is. In another execution it may be something else.
    kinds: RefCell<HashSet<(ObjectId, Kind)>>,
    tables: Cell<u64>,
    questions: Cell<usize>,
}

impl Outside {
    /// Creates a program from the line to the process that runs it.
    pub fn new(line: impl Line + 'static) -> Rc<Self> {
        Rc::new(Self {
            line: RefCell::new(Box::new(line)),
            known: RefCell::default(),
            starts: RefCell::default(),
            last: RefCell::default(),
            values: RefCell::default(),
            silence: RefCell::default(),
            files: RefCell::default(),
            kinds: RefCell::default(),
            tables: Cell::new(0),
            questions: Cell::new(0),
        })
    }

    /// Returns why the program stopped answering; `None` if it answers.
    pub fn silence(&self) -> Option<Silence> {
        self.silence.borrow().clone()
    }

    /// Returns how many questions the process was asked.
    pub fn questions(&self) -> usize {
        self.questions.get()
    }

    /// Returns the number of a start.
    fn start(&self, request: &Request) -> usize {
        let start = (request.part, request.stages.to_vec());
        let next = self.starts.borrow().len();
        *self.starts.borrow_mut().entry(start).or_insert(next)
    }

    /// Sends a question. `alone` is given if the thread goes on by itself.
    fn send(&self, request: &Request, start: usize, table: u64, alone: Option<&Alone>) -> Result<(), Silence> {
        let mut frame = Writer::default();
        frame.word(table);
        frame.word(start as u64);
        let mut last = self.last.borrow_mut();
        if start == last.len() {
            last.push(Last::default());
            frame.word(request.part as u64);
            frame.word(request.stages.len() as u64);
            for stage in request.stages {
                frame.word(stage.operations as u64);
                frame.answers(&stage.answers);
            }
        }
        let last = &mut last[start];
        frame.word(request.most as u64);
        let common = common(&last.answers, request.answers);
        frame.word(common as u64);
        frame.answers(&request.answers[common..]);
        frame.word(request.words.len() as u64);
        request.words.iter().for_each(|&word| frame.word(word));
        frame.word(request.is_trial.into());
        frame.word(alone.is_some().into());
        if let Some(alone) = alone {
            alone.write(&mut frame);
        }
        last.answers.truncate(common);
        last.answers.extend(&request.answers[common..]);
        frame.send(&mut **self.line.borrow_mut()).map_err(closed)?;
        self.questions.set(self.questions.get() + 1);
        Ok(())
    }

    fn ask(&self, request: &Request, start: usize, table: u64, data: &dyn Data) -> Result<Record, Silence> {
        self.send(request, start, table, None)?;
        let line = &mut **self.line.borrow_mut();
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
                Some(VALUES) => {
                    let block = reader.work().ok_or(Silence::Nonsense("its work is not complete"))?;
                    let mut frame = Writer::default();
                    let indices = block.from..block.from.saturating_add(BLOCK);
                    let values = indices.map_while(|index| data.value(block.kind, index));
                    values.for_each(|value| frame.word(value));
                    frame.send(line).map_err(closed)?;
                }
                Some(RECORD) => {
                    let last = &mut self.last.borrow_mut()[start];
                    return self.record(&mut reader, last).ok_or(Silence::Nonsense("its operations are not complete"));
                }
                _ => return Err(Silence::Nonsense("it answers with something else than operations")),
            }
        }
    }

    /// Lets a thread go on by itself.
    fn ask_alone(&self, request: &Request, start: usize, table: u64, alone: &Alone) -> Result<ByItself, Silence> {
        self.send(request, start, table, Some(alone))?;
        let bytes = frame::receive(&mut **self.line.borrow_mut()).map_err(closed)?;
        let mut reader = Reader::new(&bytes);
        let mut read = || {
            let is_it = reader.word()? == BY_ITSELF;
            let count = reader.count()?;
            let told = (0..count).map(|_| reader.word()).collect::<Option<_>>()?;
            let end = self.end(&mut reader)?;
            (is_it && reader.is_empty()).then_some(ByItself { told, end })
        };
        read().ok_or(Silence::Nonsense("what its thread told by itself is not complete"))
    }

    /// Reads how a replay ended.
    fn end(&self, reader: &mut Reader) -> Option<End> {
        Some(match reader.word()? {
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
        })
    }

    /// Reads what a replay has found out.
    fn record(&self, reader: &mut Reader, last: &mut Last) -> Option<Record> {
        let mut files = self.files.borrow_mut();
        for _ in 0..reader.count()? {
            if files.len() == MOST_FILES {
                return None;
            }
            files.push(reader.text()?.leak());
        }
        drop(files);
        let mut values = self.values.borrow_mut();
        for _ in 0..reader.count()? {
            let is_made = reader.word()? == 1;
            let text = if reader.word()? == 1 { Some(reader.text()?) } else { None };
            values.push(Described { is_made, text });
        }
        let most = values.len() as u64;
        let objects = self.objects(reader, most)?;
        let of_statics = self.objects(reader, most)?;
        self.kinds
            .borrow_mut()
            .extend(of_statics.iter().filter_map(|(number, object)| Some((*number, Kind::of(object.held)?))));
        let common = usize::try_from(reader.word()?).ok().filter(|&common| common <= last.operations.len())?;
        last.operations.truncate(common);
        for _ in 0..reader.count()? {
            last.operations.push(self.operation(reader, most)?);
        }
        let mut started = 0;
        for operation in &last.operations {
            match operation.action {
                Action::Spawn => started += 1,
                Action::Join(child) if child >= started => return None,
                _ => {}
            }
        }
        let operations = last.operations.clone();
        let end = self.end(reader)?;
        reader.is_empty().then_some(Record { operations, objects, of_statics, end })
    }

    /// Reads objects that are there from the beginning.
    fn objects(&self, reader: &mut Reader, most: u64) -> Option<Vec<(ObjectId, Object)>> {
        let count = reader.count()?;
        (0..count)
            .map(|_| {
                let number = object(reader.word()?)?;
                Some((number, Object { held: held(reader, most)?, place: self.place(reader)? }))
            })
            .collect()
    }

    fn place(&self, reader: &mut Reader) -> Option<Place> {
        let file = *self.files.borrow().get(usize::try_from(reader.word()?).ok()?)?;
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
                if matches!(action, Action::Create(_)) {
                    kinds.insert((object, kind));
                } else {
                    // An atomic that is taken apart is read like plain memory.
                    let is_apart = kind == Kind::Plain && kinds.contains(&(object, Kind::Atomic));
                    if !is_apart && !kinds.contains(&(object, kind)) {
                        return None;
                    }
                }
            }
            _ => return None,
        }
        Some(Operation { action, object, ordering: ordering(reader)?, place: self.place(reader)? })
    }
}

fn closed(error: io::Error) -> Silence {
    match error.kind() {
        io::ErrorKind::InvalidData => Silence::Nonsense("its answer is too long"),
        _ => Silence::Closed(error.to_string()),
    }
}

/// Returns an object's number if it is one.
fn object(number: u64) -> Option<ObjectId> {
    (number < MOST_OBJECTS).then_some(number as ObjectId)
}

/// The largest number of objects, in a run. In an exploration there may be fewer.
pub(crate) const MOST_OBJECTS: u64 = 10_000;

/// Answers of a question that is remembered.
const MOST_KEPT: usize = 100;

/// The most source files of a program.
const MOST_FILES: usize = 100;

const WORK: u64 = 1;
const RECORD: u64 = 2;
const VALUES: u64 = 3;
const BY_ITSELF: u64 = 4;

/// The number of values per request.
const BLOCK: u64 = 1024;

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
        let start = self.outside.start(request);
        // Data differ from program to program, and so do the answers. Long runs are run once.
        let is_kept = self.table == 0 && request.answers.len() <= MOST_KEPT;
        let question = is_kept.then(|| (start, request.most, request.answers.to_vec(), request.words.to_vec()));
        let known = question.as_ref().and_then(|question| self.outside.known.borrow().get(question).cloned());
        let record = known.unwrap_or_else(|| {
            if self.outside.silence.borrow().is_none() {
                match self.outside.ask(request, start, self.table, &*self.data) {
                    Ok(record) => {
                        if let Some(question) = question {
                            self.outside.known.borrow_mut().insert(question, record.clone());
                        }
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

impl Asked {
    /// Lets a thread go on by itself. A program that answers no more has told nothing.
    pub(crate) fn alone(&self, request: &Request, alone: &Alone) -> ByItself {
        let start = self.outside.start(request);
        let silent = || ByItself { told: Vec::new(), end: End::Unsupported("the program answers no more") };
        if self.outside.silence.borrow().is_some() {
            return silent();
        }
        self.outside.ask_alone(request, start, self.table, alone).unwrap_or_else(|silence| {
            *self.outside.silence.borrow_mut() = Some(silence);
            silent()
        })
    }

    /// Returns what the first thread tells if it follows its script by itself and does at most so many operations. A
    /// program can lie about it, so it can only show a fault.
    ///
    /// # Errors
    ///
    /// The thread panicked, or did what a thread cannot do by itself, with this text.
    pub fn told_alone(&self, most: usize) -> Result<Vec<u64>, String> {
        let words = self.scripts.first().map(Vec::as_slice).unwrap_or_default();
        let request = Request { part: 0, answers: &[], words, most: usize::MAX, stages: &[], is_trial: true };
        let ByItself { told, end } = self.alone(&request, &Alone { before: 0, objects: Vec::new(), most });
        match end {
            End::Finished(_) | End::Enough => Ok(told),
            End::Panicked(said) => Err(said),
            End::Unsupported(what) => Err(what.into()),
        }
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

/// Returns how long the common beginning is.
fn common<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}
