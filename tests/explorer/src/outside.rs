//! Programs that run in another process. That process answers one question: what does this thread do next, after its
//! operations have returned these answers? All else is here: the memory, the order of the steps, the numbers that are
//! added up, and the verdict. So a program that lies about its next operation is another program, and is judged as that.
//!
//! Each thread follows a *script*, a list of words that it asks for one by one: which method to call, with which
//! arguments. It tells what the methods return. It never learns what other threads are asked, except through the objects
//! that they share. Answers that do not depend on data are remembered, except those of long runs. So the scripts of small
//! programs are played against the same answers.

mod frame;

use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, NO_OBJECT, Operation, Ordering, Place, ThreadPath, Update};
use crate::program::Subject;
use crate::recorder::replay::{self, Aside, End, FurtherAnswers, Record, Stage, perform_on};
use crate::recorder::values::Values;
use frame::{Reader, Writer};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::panic;
use std::rc::Rc;

pub use crate::operation::Work;
pub use crate::recorder::replay::is_aside;

/// A question: what does a part of the program do?
pub(crate) struct Request<'a> {
    pub part: usize,
    pub answers: &'a [Answer],
    /// The words that the thread gets after these answers.
    pub words: &'a [u64],
    pub most: usize,
    pub stages: &'a [Stage],
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

    fn ask(&self, request: &Request, start: usize, table: u64, data: &dyn Data) -> Result<Record, Silence> {
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
        last.answers.truncate(common);
        last.answers.extend(&request.answers[common..]);
        let line = &mut **self.line.borrow_mut();
        let closed = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidData => Silence::Nonsense("its answer is too long"),
            _ => Silence::Closed(error.to_string()),
        };
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
                Some(VALUES) => {
                    let block = reader.work().ok_or(Silence::Nonsense("its work is not complete"))?;
                    let mut frame = Writer::default();
                    let indices = block.from..block.from.saturating_add(BLOCK);
                    let values = indices.map_while(|index| data.value(block.kind, index));
                    values.for_each(|value| frame.word(value));
                    frame.send(line).map_err(closed)?;
                }
                Some(RECORD) => {
                    return self.record(&mut reader, last).ok_or(Silence::Nonsense("its operations are not complete"));
                }
                _ => return Err(Silence::Nonsense("it answers with something else than operations")),
            }
        }
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
        let mut objects = Vec::new();
        for _ in 0..reader.count()? {
            let number = object(reader.word()?)?;
            objects.push((number, Object { held: held(reader, most)?, place: self.place(reader)? }));
        }
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

/// The data that were received so far.
#[derive(Default)]
struct Got {
    results: HashMap<Work, u64>,
    blocks: HashMap<(u8, u64), Rc<[u64]>>,
}

/// The program's end of the line, and the data that it has received.
struct Connected {
    line: Box<dyn Line>,
    got: Got,
}

impl Connected {
    fn ask(&mut self, what: u64, work: Work) -> Vec<u8> {
        let mut frame = Writer::default();
        frame.word(what);
        frame.work(work);
        let answer = frame.send(&mut *self.line).and_then(|()| frame::receive(&mut *self.line));
        answer.unwrap_or_else(|_| std::process::exit(1))
    }

    fn result(&mut self, work: Work) -> u64 {
        if let Some(&known) = self.got.results.get(&work) {
            return known;
        }
        let result = Reader::new(&self.ask(WORK, work)).word().unwrap_or_else(|| std::process::exit(1));
        self.got.results.insert(work, result);
        result
    }

    fn block(&mut self, kind: u8, number: u64) -> Rc<[u64]> {
        if let Some(known) = self.got.blocks.get(&(kind, number)) {
            return known.clone();
        }
        let bytes = self.ask(VALUES, Work { kind, from: number * BLOCK, to: (number + 1) * BLOCK, step: 1 });
        let mut reader = Reader::new(&bytes);
        let values: Rc<[u64]> = std::iter::from_fn(|| reader.word()).collect();
        self.got.blocks.insert((kind, number), values.clone());
        values
    }
}

thread_local! {
    /// The line to the exploring process. Only the process that runs the program has one.
    static CONNECTED: RefCell<Option<Connected>> = const { RefCell::new(None) };
    /// Where the last panic happened.
    static PANICKED: RefCell<String> = const { RefCell::new(String::new()) };
}

fn connected<T>(use_it: impl FnOnce(&mut Connected) -> T) -> Option<T> {
    CONNECTED.with_borrow_mut(|connected| connected.as_mut().map(use_it))
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

/// Records work with the exploring process's data.
#[track_caller]
pub fn work(work: Work) {
    replay::work(work, Place::caller());
}

/// Returns the result of work, or 0 while the code is being left. It is not recorded.
pub fn result(work: Work) -> u64 {
    let _aside = Aside::begin();
    if replay::is_left() { 0 } else { connected(|line| line.result(work)).unwrap_or(0) }
}

fn got(kind: u8, block: u64) -> Option<Rc<[u64]>> {
    let _aside = Aside::begin();
    connected(|line| line.block(kind, block))
}

/// Calls `each` with the value of each element, or with 0 while the code is being left. It is not recorded.
pub fn values(kind: u8, elements: Range<u64>, mut each: impl FnMut(u64)) {
    let mut index = elements.start;
    while index < elements.end {
        let end = elements.end.min((index / BLOCK + 1) * BLOCK);
        let known = if replay::is_left() { None } else { got(kind, index / BLOCK) };
        for place in index % BLOCK..index % BLOCK + (end - index) {
            each(known.as_deref().and_then(|block| block.get(place as usize).copied()).unwrap_or(0));
        }
        index = end;
    }
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
    CONNECTED.set(Some(Connected { line: Box::new(line), got: Got::default() }));
    let serving = Rc::new(RefCell::new(Serving::default()));
    replay::set_further(Further(serving.clone()));
    let mut values = Values::default();
    loop {
        let next = serving.borrow_mut().next.take();
        let question = match next.unwrap_or_else(|| serving.borrow_mut().receive()) {
            Ok(question) => question,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        };
        let Question { start, most, answers, words, .. } = &question;
        let (part, stages) = serving.borrow().starts[*start].clone();
        serving.borrow_mut().now = Some(question.clone());
        replay::set_words(words.clone());
        let record = replay::replay(part, answers, *most, &stages, &mut values, subject);
        // It may have answered already, and got the next question.
        if serving.borrow_mut().now.take().is_some() {
            serving.borrow_mut().send(&question, &record, &values)?;
        }
    }
}

/// A question as it is understood here.
#[derive(Clone)]
struct Question {
    table: u64,
    start: usize,
    most: usize,
    answers: Vec<Answer>,
    words: Vec<u64>,
}

/// The state of a program that answers questions.
#[derive(Default)]
struct Serving {
    table: u64,
    starts: Vec<Start>,
    last: Vec<Last>,
    /// The question that is being answered.
    now: Option<Question>,
    /// The question that came when a replay was asked to go on, and cannot.
    next: Option<io::Result<Question>>,
    /// The number of values that the exploring process knows.
    described: usize,
    files: Vec<&'static str>,
}

impl Serving {
    fn receive(&mut self) -> io::Result<Question> {
        let bytes = connected(|connected| frame::receive(&mut *connected.line)).expect("the line is there")?;
        let incomplete = || io::Error::new(io::ErrorKind::InvalidData, "the question is not complete");
        let question = self.question(&mut Reader::new(&bytes)).ok_or_else(incomplete)?;
        if std::mem::replace(&mut self.table, question.table) != question.table {
            connected(|connected| connected.got = Got::default());
        }
        Ok(question)
    }

    fn question(&mut self, reader: &mut Reader) -> Option<Question> {
        let (table, start) = (reader.word()?, reader.word()? as usize);
        if start == self.starts.len() {
            let part = reader.word()? as usize;
            let mut stages = Vec::new();
            for _ in 0..reader.count()? {
                stages.push(Stage { operations: reader.word()? as usize, answers: reader.answers()? });
            }
            self.starts.push((part, stages));
            self.last.push(Last::default());
        }
        let last = self.last.get_mut(start)?;
        let (most, common) = (reader.word()? as usize, reader.word()? as usize);
        last.answers.truncate(common);
        last.answers.extend(reader.answers()?);
        let answers = last.answers.clone();
        let mut words = Vec::new();
        for _ in 0..reader.count()? {
            words.push(reader.word()?);
        }
        Some(Question { table, start, most, answers, words })
    }

    fn send(&mut self, question: &Question, record: &Record, values: &Values) -> io::Result<()> {
        let mut frame = Writer::default();
        frame.word(RECORD);
        let before = self.files.len();
        let places = record.objects.iter().map(|(_, object)| object.place);
        for place in places.chain(record.operations.iter().map(|operation| operation.place)) {
            if !self.files.contains(&place.file) {
                self.files.push(place.file);
            }
        }
        frame.word((self.files.len() - before) as u64);
        self.files[before..].iter().for_each(|file| frame.text(file));
        frame.word((values.len() - self.described) as u64);
        for number in self.described..values.len() {
            frame.word(values.is_made(number as u64).into());
            let text = values.text(number as u64);
            frame.word(text.is_some().into());
            if let Some(text) = text {
                frame.text(text);
            }
        }
        self.described = values.len();
        let last = &mut self.last[question.start].operations;
        let common = common(last, &record.operations);
        write(&mut frame, record, common, &self.files);
        last.truncate(common);
        last.extend(&record.operations[common..]);
        connected(|connected| frame.send(&mut *connected.line)).expect("the line is there")
    }
}

/// Goes on with a replay if the next question begins as the last one did.
struct Further(Rc<RefCell<Serving>>);

impl FurtherAnswers for Further {
    fn get(
        &mut self,
        answers: &[Answer],
        operations: &[Operation],
        objects: &[(ObjectId, Object)],
        values: &Values,
    ) -> Option<replay::Further> {
        let mut serving = self.0.borrow_mut();
        let now = serving.now.take()?;
        let record = Record {
            operations: operations.to_vec(),
            objects: objects.to_vec(),
            of_statics: Vec::new(),
            end: End::Enough,
        };
        // If the line is broken, that is noticed when the replay has ended.
        serving.send(&now, &record, values).ok()?;
        let question = match serving.receive() {
            Ok(question) => question,
            closed => {
                serving.next = Some(closed);
                return None;
            }
        };
        let goes_on = (question.table, question.start) == (now.table, now.start)
            && question.answers.len() > answers.len()
            && question.answers.starts_with(answers);
        if goes_on {
            serving.now = Some(question.clone());
            let Question { most, answers, words, .. } = question;
            return Some(replay::Further { answers, words, most });
        }
        serving.next = Some(Ok(question));
        None
    }
}

/// Returns how long the common beginning is.
fn common<T: PartialEq>(one: &[T], other: &[T]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

/// Writes what a replay has found out.
fn write(frame: &mut Writer, record: &Record, common: usize, files: &[&str]) {
    let place = |frame: &mut Writer, place: Place| {
        frame.word(files.iter().position(|file| *file == place.file).unwrap_or(0) as u64);
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
    for operation in &record.operations[common..] {
        if write_action(&mut operations, operation.action).is_none() {
            refused = Some("it uses operations that an exercise does not have");
            break;
        }
        operations.word(operation.object.into());
        operations.word(ordering_number(operation.ordering));
        place(&mut operations, operation.place);
        count += 1;
    }
    frame.word(common as u64);
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
