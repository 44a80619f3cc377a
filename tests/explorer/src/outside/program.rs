//! The side of the program: it answers the questions of the one who explores.
//!
//! A thread of the program has a stack of its own. When its operation has no answer yet, it is left there, and goes on when the
//! next question about it begins with the same answers. So a run in which threads take turns is not run again for each
//! question.

use super::alone::Alone;
use super::frame::{self, Reader, Writer};
use super::{
    BLOCK, BY_ITSELF, Last, Line, RECORD, Start, VALUES, WORK, common, ordering_number, write_action, write_held,
};
use crate::operation::{Action, Answer, NO_OBJECT, Place, Work};
use crate::program::Subject;
use crate::recorder::replay::{self, Aside, End, Further, FurtherAnswers, Record, SoFar, Stage, perform_on};
use crate::recorder::values::Values;
use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::{io, mem, panic};

/// What has been got of the data so far.
#[derive(Default)]
struct Got {
    results: HashMap<Work, u64>,
    blocks: HashMap<(u8, u64), Rc<[u64]>>,
}

/// The running program's end of the line, and what it has got.
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
    /// The line to the one who explores, in the process that runs the program.
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

/// Records work with the data of the one who explores.
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
    replay::set_further(Pausing(serving.clone()));
    let subject: *const (dyn Subject + '_) = subject;
    // SAFETY: only the lifetime changes. The pointer is used only by threads, and all have ended when this function returns.
    let subject = unsafe { mem::transmute::<*const (dyn Subject + '_), *const (dyn Subject + 'static)>(subject) };
    let mut threads = Threads { subject, paused: HashMap::new(), stacks: Vec::new(), table: 0 };
    let end = loop {
        let question = match serving.borrow_mut().receive() {
            Ok(question) => question,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Ok(()),
            Err(error) => break Err(error),
        };
        if let Err(error) = threads.answer(&serving, question) {
            break Err(error);
        }
    };
    threads.end_all();
    end
}

/// A thread of the program, on its own stack. It gets further answers, says with which answers it pauses, and returns
/// the record of its end.
type Thread = Coroutine<Option<Further>, Vec<Answer>, Record, DefaultStack>;

/// A thread that pauses until its last operation has an answer.
struct Paused {
    thread: Thread,
    /// The answers that it has got.
    answers: Vec<Answer>,
    /// How often operations had been sent when it paused.
    times: usize,
}

/// The threads of the program.
struct Threads {
    subject: *const dyn Subject,
    /// The threads that pause, by the number of their start.
    paused: HashMap<usize, Paused>,
    /// Stacks that are free.
    stacks: Vec<DefaultStack>,
    /// Which data the threads have worked with.
    table: u64,
}

/// The size of a stack: as large as that of a program's first thread on most systems. Only the used part takes memory.
const STACK: usize = 8 << 20;

impl Threads {
    /// Lets the thread of a question run, until it has answered.
    fn answer(&mut self, serving: &Rc<RefCell<Serving>>, mut question: Question) -> io::Result<()> {
        if mem::replace(&mut self.table, question.table) != question.table {
            self.end_all();
            replay::drop_left();
        }
        let start = question.start;
        let goes_on = |paused: &Paused| {
            question.answers.len() > paused.answers.len() && question.answers.starts_with(&paused.answers)
        };
        let before = if question.is_trial { None } else { self.paused.remove(&start) };
        let (mut thread, further) = match before {
            Some(paused) if goes_on(&paused) => {
                question.is_next = serving.borrow().last[start].times == paused.times;
                let Question { ref answers, ref words, most, .. } = question;
                (paused.thread, Some(Further { answers: answers.clone(), words: words.clone(), most }))
            }
            other => {
                other.into_iter().for_each(|paused| self.end(paused.thread));
                (self.start(serving, question.clone())?, None)
            }
        };
        serving.borrow_mut().now = question.alone.is_none().then(|| question.clone());
        match thread.resume(further) {
            CoroutineResult::Yield(_) if question.is_trial => {
                self.end(thread);
                Ok(())
            }
            CoroutineResult::Yield(answers) => {
                let times = serving.borrow().last[start].times;
                self.paused.insert(start, Paused { thread, answers, times });
                Ok(())
            }
            CoroutineResult::Return(record) => {
                self.stacks.push(thread.into_stack());
                serving.borrow_mut().send(&question, &record)
            }
        }
    }

    /// Creates a thread that runs from its start.
    fn start(&mut self, serving: &Rc<RefCell<Serving>>, question: Question) -> io::Result<Thread> {
        let stack = self.stacks.pop().map_or_else(|| DefaultStack::new(STACK), Ok)?;
        let (subject, serving) = (self.subject, serving.clone());
        Ok(Coroutine::with_stack(stack, move |yielder, _| {
            YIELDER.set(yielder);
            let Question { start, most, answers, words, alone, .. } = question;
            let (part, stages) = serving.borrow().starts[start].clone();
            let mut values = mem::take(&mut serving.borrow_mut().values);
            replay::set_words(words);
            let most = if alone.is_some() { usize::MAX } else { most };
            replay::set_alone(alone);
            // SAFETY: the subject lives until all threads have ended.
            let record = replay::replay(part, &answers, most, &stages, &mut values, unsafe { &*subject });
            serving.borrow_mut().values = values;
            record
        }))
    }

    /// Leaves the code of a thread, and keeps its stack.
    fn end(&mut self, mut thread: Thread) {
        while let CoroutineResult::Yield(_) = thread.resume(None) {}
        self.stacks.push(thread.into_stack());
    }

    fn end_all(&mut self) {
        for (_, paused) in mem::take(&mut self.paused) {
            self.end(paused.thread);
        }
    }
}

thread_local! {
    /// How the running thread pauses.
    static YIELDER: Cell<*const Yielder<Option<Further>, Vec<Answer>>> = const { Cell::new(std::ptr::null()) };
}

/// Pauses the running thread until its last operation has an answer.
struct Pausing(Rc<RefCell<Serving>>);

impl FurtherAnswers for Pausing {
    fn get(&self, so_far: SoFar) -> Option<Further> {
        let mut serving = self.0.borrow_mut();
        let now = serving.now.take()?;
        let record = Record {
            operations: mem::take(so_far.operations),
            objects: so_far.objects.to_vec(),
            of_statics: so_far.of_statics.to_vec(),
            end: End::Enough,
        };
        mem::swap(&mut serving.values, so_far.values);
        // If the line is broken, that is noticed when the next question is received.
        let _ = serving.send(&now, &record);
        drop(serving);
        *so_far.operations = record.operations;
        let yielder = YIELDER.get();
        // SAFETY: this runs on the stack of the thread that has set it, either at its start or below.
        let further = unsafe { &*yielder }.suspend(mem::take(so_far.answers));
        YIELDER.set(yielder);
        mem::swap(&mut self.0.borrow_mut().values, so_far.values);
        further
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
    /// Whether the thread need not go on from there.
    is_trial: bool,
    /// Whether the thread goes on from where it paused after the last question about it.
    is_next: bool,
    /// Whether the thread goes on by itself.
    alone: Option<Alone>,
}

/// The state of a program that answers questions.
#[derive(Default)]
struct Serving {
    table: u64,
    starts: Vec<Start>,
    last: Vec<Last>,
    /// The question that is being answered.
    now: Option<Question>,
    /// The values that threads hand on, while no thread runs.
    values: Values,
    /// How many values the one who explores knows.
    described: usize,
    files: Vec<&'static str>,
}

impl Serving {
    fn receive(&mut self) -> io::Result<Question> {
        let bytes = connected(|connected| frame::receive(&mut *connected.line)).expect("the line is there")?;
        let incomplete = || io::Error::new(io::ErrorKind::InvalidData, "the question is not complete");
        let question = self.question(&mut Reader::new(&bytes)).ok_or_else(incomplete)?;
        if mem::replace(&mut self.table, question.table) != question.table {
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
        let is_trial = reader.word()? == 1;
        let alone = if reader.word()? == 1 { Some(Alone::read(reader)?) } else { None };
        Some(Question { table, start, most, answers, words, is_trial, is_next: false, alone })
    }

    /// Sends the answer to a question.
    fn send(&mut self, question: &Question, record: &Record) -> io::Result<()> {
        match &question.alone {
            Some(alone) => Self::send_alone(alone.before, record),
            None => self.send_record(question, record),
        }
    }

    /// Sends what a thread told by itself after its first operations.
    fn send_alone(before: usize, record: &Record) -> io::Result<()> {
        let mut frame = Writer::default();
        frame.word(BY_ITSELF);
        let told = record.operations.iter().skip(before).filter_map(|operation| match operation.action {
            Action::Tell(value) => Some(value),
            _ => None,
        });
        let told: Vec<u64> = told.collect();
        frame.word(told.len() as u64);
        told.into_iter().for_each(|value| frame.word(value));
        write_end(&mut frame, &record.end);
        connected(|connected| frame.send(&mut *connected.line)).expect("the line is there")
    }

    fn send_record(&mut self, question: &Question, record: &Record) -> io::Result<()> {
        let values = &self.values;
        let mut frame = Writer::default();
        frame.word(RECORD);
        let last = &mut self.last[question.start];
        // What a thread did before it paused has been sent.
        let sent = if question.is_next { last.operations.len() } else { 0 };
        let same = sent + common(&last.operations[sent..], &record.operations[sent..]);
        last.operations.truncate(same);
        last.operations.extend(&record.operations[same..]);
        last.times += 1;
        let before = self.files.len();
        let places = record.objects.iter().chain(&record.of_statics).map(|(_, object)| object.place);
        for place in places.chain(record.operations[same..].iter().map(|operation| operation.place)) {
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
        write(&mut frame, record, same, &self.files);
        connected(|connected| frame.send(&mut *connected.line)).expect("the line is there")
    }
}

/// Writes what a replay has found out.
fn write(frame: &mut Writer, record: &Record, common: usize, files: &[&str]) {
    let place = |frame: &mut Writer, place: Place| {
        frame.word(files.iter().position(|file| *file == place.file).unwrap_or(0) as u64);
        frame.word(place.line.into());
        frame.word(place.column.into());
    };
    let mut refused = None;
    for objects in [&record.objects, &record.of_statics] {
        frame.word(objects.len() as u64);
        for (number, object) in objects {
            frame.word((*number).into());
            if write_held(frame, object.held).is_none() {
                [0, 0].into_iter().for_each(|word| frame.word(word));
                refused = Some("it uses objects that an exercise does not have");
            }
            place(frame, object.place);
        }
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
    write_end(frame, &refused.map_or_else(|| record.end.clone(), End::Unsupported));
}

/// Writes how a replay ended.
fn write_end(frame: &mut Writer, end: &End) {
    match end {
        End::Enough => frame.word(0),
        End::Finished(values) => {
            frame.word(1);
            frame.word(values.len().max(1) as u64);
            values.iter().for_each(|&value| frame.word(value));
            if values.is_empty() {
                frame.word(0);
            }
        }
        End::Panicked(message) => {
            let message: String = message.chars().take(1_000).collect();
            frame.word(2);
            frame.text(&PANICKED.with_borrow(|place| format!("{place}: {message}")));
        }
        End::Unsupported(what) => {
            frame.word(3);
            frame.text(what);
        }
    }
}
