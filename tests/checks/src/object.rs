//! Checks objects that threads share. A *client* is a small program that calls an object's methods from several threads. The
//! explorer runs it in every way, and each result must be *linearizable* (Herlihy and Wing, "Linearizability: a correctness
//! condition for concurrent objects", 1990): the calls could have happened one after the other, each at some moment while it
//! ran.

use crate::{Finding, panicked, undecided, witness};
use common::format::integer;
use explorer::outside::{Asked, Outside};
use explorer::ticks::{self, Costs, End, Rule, Run};
use explorer::{Bound, Bounds, Memory, Problem, Report, Schedule, Waiting, WaitsFor, explore_within};
use kit::driver::START;
use std::collections::HashSet;
use std::hash::Hash;
use std::rc::Rc;

/// What an object should do, call by call.
pub trait Object {
    /// A call of a method, with its arguments.
    type Call: Copy;
    /// What the object holds.
    type State: Clone + Eq + Hash;

    /// Returns the words from which the driver creates the object.
    fn creation(&self) -> Vec<u64>;
    /// Returns the words for a call.
    fn words(&self, call: Self::Call) -> Vec<u64>;
    /// Returns a call as a student writes it, such as `sell()`.
    fn text(&self, call: Self::Call) -> String;
    /// Returns what a call returned as a student reads it; `None` if it returns nothing.
    fn returned(&self, call: Self::Call, told: u64) -> Option<String>;
    /// Returns what a new object holds.
    fn start(&self) -> Self::State;
    /// Applies a call of a thread to the state. Returns whether the object may answer it with `told`.
    fn accepts(&self, state: &mut Self::State, thread: usize, call: Self::Call, told: u64) -> bool;
    /// Returns the answer that a call must give; `None` if several answers are right.
    fn expected(&self, state: &Self::State, call: Self::Call) -> Option<u64>;
    /// Returns whether the call only reads. In a weak memory it may read an old value.
    fn only_looks(&self, _call: Self::Call) -> bool {
        false
    }
}

/// Calls of an object's methods: those before the threads start, those of each thread, and those after all have ended.
#[derive(Clone, Debug)]
pub struct Client<C> {
    /// The calls of the first thread before it starts the others.
    pub before: Vec<C>,
    /// The calls of each thread that it starts.
    pub threads: Vec<Vec<C>>,
    /// The calls of the first thread after the others have ended.
    pub after: Vec<C>,
}

impl<C: Copy> Client<C> {
    /// Creates a client that only the first thread runs.
    pub fn alone(calls: impl IntoIterator<Item = C>) -> Self {
        Self { before: calls.into_iter().collect(), threads: Vec::new(), after: Vec::new() }
    }

    /// Creates a client of several threads, after which the first one makes further calls.
    pub fn of<const N: usize>(threads: [&[C]; N], after: &[C]) -> Self {
        let threads = threads.map(<[C]>::to_vec).into();
        Self { before: Vec::new(), threads, after: after.to_vec() }
    }

    /// Puts calls of the first thread before it. They may lead to a place where something special happens.
    #[must_use]
    pub fn after(&self, before: Vec<C>) -> Self {
        Self { before, ..self.clone() }
    }

    fn scripts<O: Object<Call = C>>(&self, object: &O) -> Vec<Vec<u64>> {
        let words = |calls: &[C]| calls.iter().flat_map(|&call| object.words(call)).collect::<Vec<_>>();
        let mut first = [object.creation(), words(&self.before)].concat();
        if !self.threads.is_empty() {
            first.extend([START, self.threads.len() as u64]);
        }
        first.extend(words(&self.after));
        std::iter::once(first).chain(self.threads.iter().map(|calls| words(calls))).collect()
    }

    /// Returns the largest number of calls of a thread.
    fn most_calls(&self) -> usize {
        self.threads.iter().map(Vec::len).max().unwrap_or(self.before.len()).max(1)
    }
}

/// The explorer's message about a loop that only calls `spin_loop`.
const IDLE: &str = "a loop waits without an operation: nothing can end it";

const NOT_THE_CALLS: &str = "the program does not make the calls that it is asked to make";

/// States of one exploration. A right solution of the usual form takes some hundreds, and a lock in each call some thousands.
const MOST_STATES: usize = 200_000;

/// States of an exploration whose client is large. The states beyond this number are not searched.
const STATES_OF_LARGE: usize = 30_000;

/// Operations of one thread. A check that runs in one thread does some thousands.
const MOST_OPERATIONS: usize = 10_000;

/// Calls of a run that shows how many operations a call takes, and operations for each that a long run may have.
const FEW_CALLS: usize = 40;
const FEW_OPERATIONS: usize = 8;

/// How an object is checked.
pub struct Checks<'a, O: Object> {
    /// What the object should do.
    pub object: O,
    /// The submission's program, which answers the judge.
    pub outside: &'a Rc<Outside>,
}

impl<O: Object> Checks<'_, O> {
    fn asked(&self, client: &Client<O::Call>) -> Asked {
        Asked::new(self.outside.clone(), client.scripts(&self.object))
    }

    /// Explores clients: every interleaving of each, whose schedules are easiest to follow, and then the executions that
    /// C++20 adds.
    pub fn explore(&self, clients: &[Client<O::Call>]) -> Finding {
        let runs = [Memory::Interleaved, Memory::Cpp20]
            .into_iter()
            .flat_map(|memory| clients.iter().map(move |client| (client, memory, MOST_STATES)));
        Finding::first(runs.map(|(client, memory, states)| self.one(client, memory, states)))
    }

    /// Explores the interleavings of a client.
    pub fn interleave(&self, clients: &[Client<O::Call>]) -> Finding {
        Finding::first(clients.iter().map(|client| self.one(client, Memory::Interleaved, MOST_STATES)))
    }

    /// Runs each client of one thread once. A client may have many calls if a call takes few operations.
    pub fn run_alone(&self, clients: &[Client<O::Call>]) -> Finding {
        let alone = |calls: &[O::Call]| {
            let run = self.run(&Client::alone(calls.iter().copied()), Rule::Clocks);
            let told = run.threads.first().map(|first| &first.told[..]).unwrap_or_default();
            let finding = match ended(&run) {
                Some(finding) => finding,
                None if told.len() < calls.len() => Finding::Fail(NOT_THE_CALLS.into()),
                None => Finding::of(self.first_wrong_call(calls, told)),
            };
            (finding, run.operations)
        };
        Finding::first(clients.iter().map(|client| {
            let calls = &client.before;
            let (finding, operations) = alone(&calls[..calls.len().min(FEW_CALLS)]);
            let is_cheap = operations <= FEW_CALLS * FEW_OPERATIONS;
            if finding == Finding::Pass && is_cheap && calls.len() > FEW_CALLS { alone(calls).0 } else { finding }
        }))
    }

    /// Lets one thread make very many calls by itself. So what overflows only then shows. The program answers its own
    /// operations there, which can only show a fault.
    pub fn by_itself(&self, client: &Client<O::Call>) -> Finding {
        let calls = &client.before;
        let few = self.run(&Client::alone(calls[..calls.len().min(FEW_CALLS)].iter().copied()), Rule::Clocks);
        if few.operations > FEW_CALLS * FEW_OPERATIONS {
            return Finding::Pass;
        }
        match self.asked(client).told_alone(10 * FEW_OPERATIONS * calls.len()) {
            Err(said) => Finding::Fail(format!("after many calls: {}", panicked(&said))),
            Ok(told) => Finding::of(self.first_wrong_call(calls, &told).or_else(|| {
                let call = self.object.text(*calls.get(told.len())?);
                Some(format!("call {} by the only thread never ends: {call}", integer(told.len() as u64 + 1)))
            })),
        }
    }

    /// Stops one thread for good, after each number of its steps, and lets another that waits for it repeat its loop very
    /// often. Fails if the waiting thread then enters.
    pub fn waits_on(&self, client: &Client<O::Call>) -> Finding {
        let stopped = (0..MOST_STOPS).rev().map(|after| self.run(client, Rule::Stopped { thread: 1, after }).end);
        match stopped.into_iter().find(|end| matches!(end, End::Waits | End::GivesUp { .. })) {
            Some(End::GivesUp { thread }) => Finding::Fail(format!(
                "thread 1 stops inside the lock, and thread {thread} waits; after very many rounds it goes in as well"
            )),
            _ => Finding::Pass,
        }
    }

    /// Explores the interleavings of large clients, up to a number of states. The states beyond it decide nothing.
    pub fn search(&self, clients: &[Client<O::Call>]) -> Finding {
        Finding::first(clients.iter().map(|client| match self.one(client, Memory::Interleaved, STATES_OF_LARGE) {
            Finding::Inconclusive(_) => Finding::Pass,
            finding => finding,
        }))
    }

    fn one(&self, client: &Client<O::Call>, memory: Memory, states: usize) -> Finding {
        if self.outside.silence().is_some() {
            return Finding::Inconclusive("the program answers no more".into());
        }
        let bounds = Bounds { states, operations: MOST_OPERATIONS };
        let report = explore_within(&self.asked(client), memory, &bounds);
        self.judged(client, memory, &report)
    }

    fn judged(&self, client: &Client<O::Call>, memory: Memory, report: &Report) -> Finding {
        let about = witness::About {
            threads: client.threads.len().max(1),
            calls: client.most_calls(),
            is_interleaved: memory == Memory::Interleaved,
            // Under one memory executions are not counted, so the number of outcomes stands for them.
            executions: report.executions.unwrap_or(report.outcomes.len()) + report.findings.len(),
        };
        let loses = |message: String, end: Option<(u64, u64)>, schedule: &Schedule| {
            if client.threads.is_empty() {
                return Finding::Fail(message);
            }
            witness::loses(message, end, schedule, report.race(), &about)
        };
        // A race or a panic makes other outcomes meaningless.
        if let Some(finding) = report.race().or_else(|| report.panic()) {
            return loses(self.said(client, &finding.problem), None, &finding.schedule);
        }
        let wrong = report.outcomes.iter().filter_map(|(outcome, end)| {
            let (message, last) = self.wrong(client, outcome, memory)?;
            Some((witness::cost(&end.example), message, last, end))
        });
        if let Some((_, message, last, end)) = wrong.min_by_key(|(cost, ..)| *cost) {
            return loses(message, last, &end.example);
        }
        if let Some(finding) = report.hang() {
            return loses(self.said(client, &finding.problem), None, &finding.schedule);
        }
        match report.bound {
            Some(Bound::Unsupported(what)) if what.contains(IDLE) => Finding::Fail(IDLE.into()),
            Some(bound) => Finding::Inconclusive(undecided(bound)),
            None => Finding::Pass,
        }
    }

    /// Says why an outcome is wrong, with what the last call returned and should have returned.
    fn wrong(&self, client: &Client<O::Call>, outcome: &[u64], memory: Memory) -> Option<(String, Option<(u64, u64)>)> {
        let Some(history) = History::read(client, outcome) else {
            return Some((NOT_THE_CALLS.into(), None));
        };
        if client.threads.is_empty() {
            return self.first_wrong_call(&client.before, &history.before).map(|message| (message, None));
        }
        let is_weak = memory != Memory::Interleaved;
        let linearization = Linearization { object: &self.object, client, history: &history, is_weak };
        (!linearization.is_possible()).then(|| self.explained(client, &history))
    }

    /// Returns what is wrong with calls of one thread.
    fn first_wrong_call(&self, calls: &[O::Call], told: &[u64]) -> Option<String> {
        let mut state = self.object.start();
        for (number, (&call, &told)) in calls.iter().zip(told).enumerate() {
            let expected = self.object.expected(&state, call);
            if !self.object.accepts(&mut state, 0, call, told) {
                let before = match number {
                    0 => "the first call".to_string(),
                    1..=4 => {
                        let earlier: Vec<String> = calls[..number].iter().map(|&call| self.object.text(call)).collect();
                        format!("after {}", earlier.join(", "))
                    }
                    _ => format!("call {}, after {}", integer(number as u64 + 1), self.object.text(calls[number - 1])),
                };
                return Some(format!("{before}: {}", self.result(call, told, expected)));
            }
        }
        None
    }

    fn result(&self, call: O::Call, told: u64, expected: Option<u64>) -> String {
        let text = |told| self.object.returned(call, told);
        let expected = match expected.and_then(text) {
            Some(expected) if Some(&expected) != text(told).as_ref() => format!(", expected {expected}"),
            _ => String::new(),
        };
        text(told).map_or_else(
            || self.object.text(call),
            |got| format!("{} returned {got}{expected}", self.object.text(call)),
        )
    }

    /// Describes an outcome that no order of the calls explains.
    fn explained(&self, client: &Client<O::Call>, history: &History) -> (String, Option<(u64, u64)>) {
        let mut parts = Vec::new();
        for (number, (calls, told)) in client.threads.iter().zip(&history.threads).enumerate() {
            let results = calls.iter().zip(told).map(|(&call, &told)| self.result(call, told, None));
            parts.push(format!("thread {}: {}", number + 1, results.collect::<Vec<_>>().join(", ")));
        }
        // What the last calls must return, if that does not depend on the order.
        let ends = [false, true].map(|backwards| self.end_of(client, backwards));
        let is_clear = ends[0] == ends[1];
        let mut last = None;
        let results = client.after.iter().zip(&history.after).zip(&ends[0]).map(|((&call, &told), expected)| {
            let expected = expected.filter(|_| is_clear);
            if let Some(expected) = expected.filter(|&expected| expected != told && last.is_none()) {
                last = Some((told, expected));
            }
            self.result(call, told, expected)
        });
        let mut after = results.collect::<Vec<_>>();
        if last.is_some() {
            after.retain(|result| result.contains(", expected "));
        }
        if !after.is_empty() {
            parts.push(format!("at the end: {}", after.join(", ")));
        }
        let end = if last.is_some() { "" } else { ". No order of these calls returns that" };
        (format!("{}{end}", parts.join("; ")), last)
    }

    /// Returns what the last calls tell if the threads make their calls one after the other.
    fn end_of(&self, client: &Client<O::Call>, backwards: bool) -> Vec<Option<u64>> {
        let mut state = self.object.start();
        let mut order: Vec<(usize, O::Call)> = Vec::new();
        let mut threads: Vec<_> = client.threads.iter().enumerate().collect();
        if backwards {
            threads.reverse();
        }
        order.extend(client.before.iter().map(|&call| (0, call)));
        order.extend(threads.into_iter().flat_map(|(thread, calls)| calls.iter().map(move |&call| (thread + 1, call))));
        for (thread, call) in order {
            let told = self.object.expected(&state, call).unwrap_or(0);
            self.object.accepts(&mut state, thread, call, told);
        }
        let calls = client.after.iter().map(|&call| {
            let told = self.object.expected(&state, call);
            self.object.accepts(&mut state, 0, call, told.unwrap_or(0));
            told
        });
        calls.collect()
    }

    /// Says what is wrong, in the numbers that a student knows: threads 1, 2 and so on.
    fn said(&self, client: &Client<O::Call>, problem: &Problem) -> String {
        let waiting = |all: &[Waiting]| {
            let of_threads = all.iter().filter(|waiting| waiting.thread > 0 || client.threads.is_empty());
            of_threads.map(waits).collect::<Vec<_>>().join("; ")
        };
        match problem {
            Problem::DataRace { .. } => {
                "data race: 2 threads access the same plain memory, at least one of them writes, and nothing orders the accesses".into()
            }
            Problem::Panic { message, .. } => panicked(message),
            Problem::Deadlock { cycle } => format!("deadlock: {}", waiting(cycle)),
            Problem::WaitsForEver { waiting: all } => format!("no thread can continue: {}", waiting(all)),
        }
    }

    /// Lets one thread lose every exchange, because another thread completes a call before each of its steps. Fails if the
    /// calls then return what no order of them explains.
    pub fn disturb(&self, client: &Client<O::Call>) -> Finding {
        let mut few = client.clone();
        few.threads[1].truncate(FEW_CALLS);
        let (finding, operations) = self.disturbed(&few);
        let is_cheap = operations <= (FEW_CALLS + 1) * FEW_OPERATIONS;
        if finding == Finding::Pass && is_cheap { self.disturbed(client).0 } else { finding }
    }

    fn disturbed(&self, client: &Client<O::Call>) -> (Finding, usize) {
        let run = self.run(client, Rule::Disturbed { thread: 1 });
        (self.disturbed_by(client, &run), run.operations)
    }

    fn disturbed_by(&self, client: &Client<O::Call>, run: &Run) -> Finding {
        let told = |thread: usize| run.threads.get(thread).map(|done| done.told.clone()).unwrap_or_default();
        if let Some(finding) = ended(run) {
            return finding;
        }
        let history = History {
            before: Vec::new(),
            threads: (1..=client.threads.len()).map(told).collect(),
            after: told(0),
            seen: Vec::new(),
        };
        let is_whole = client.threads.iter().zip(&history.threads).all(|(calls, told)| calls.len() == told.len());
        if !is_whole || history.after.len() != client.after.len() {
            return Finding::Fail(NOT_THE_CALLS.into());
        }
        let is_possible =
            Linearization { object: &self.object, client, history: &history, is_weak: false }.is_possible();
        Finding::of((!is_possible).then(|| {
            let calls = client.threads[0].iter().zip(&history.threads[0]);
            let calls: Vec<String> = calls.map(|(&call, &told)| self.result(call, told, None)).collect();
            let ends = self.end_of(client, false);
            let after = client.after.iter().zip(&history.after).zip(ends);
            let after: Vec<String> =
                after.map(|((&call, &told), expected)| self.result(call, told, expected)).collect();
            format!(
                "thread 2 makes a call before each step of thread 1, {} calls in all; thread 1: {}; at the end: {}",
                client.threads[1].len(),
                calls.join(", "),
                after.join(", ")
            )
        }))
    }

    /// Stops one thread for good, after each number of its steps. Fails if the other thread then cannot end its calls: it
    /// needs the stopped one, as with a lock.
    pub fn stop(&self, client: &Client<O::Call>) -> Finding {
        Finding::first((0..MOST_STOPS).map(|after| {
            let run = self.run(client, Rule::Stopped { thread: 1, after });
            let other = run.threads.get(2).map_or(0, |done| done.told.len());
            let is_stuck = other < client.threads[1].len();
            match run.end {
                _ if !is_stuck => Finding::Pass,
                End::Waits | End::GivesUp { .. } => Finding::Fail(format!(
                    "thread 1 stops in the middle of {}, and then thread 2 cannot end its call: it waits, as for a lock",
                    self.object.text(client.threads[0][0])
                )),
                _ => ended(&run).unwrap_or(Finding::Pass),
            }
        }))
    }

    fn run(&self, client: &Client<O::Call>, rule: Rule) -> Run {
        ticks::run(&self.asked(client), Costs { start: 1, shared: 1 }, rule)
    }
}

/// More calls than 16 bits count.
pub const MANY_CALLS: usize = 70_000;

/// Steps after which a thread is stopped. A call of a right solution takes fewer.
const MOST_STOPS: usize = 24;

/// Says why a run has not ended as it should.
fn ended(run: &Run) -> Option<Finding> {
    Some(match &run.end {
        End::Finished => return None,
        End::Panicked(said) => Finding::Fail(panicked(said)),
        End::Waits | End::GivesUp { .. } => Finding::Fail("no thread can continue: a call never ends".into()),
        End::Unsupported(what) if what.contains(IDLE) => Finding::Fail(IDLE.into()),
        End::Unsupported(what) => {
            Finding::Inconclusive(format!("not decided: the grader cannot run this code: {what}"))
        }
        End::Operations(count) => {
            Finding::Inconclusive(format!("not decided: the threads did more than {count} operations"))
        }
    })
}

fn waits(waiting: &Waiting) -> String {
    let Waiting { thread, waits_for, line, .. } = waiting;
    let what = match waits_for {
        WaitsFor::Lock { holders, .. } => {
            let holders: Vec<String> = holders.iter().map(|holder| format!("thread {holder}")).collect();
            format!("waits for a lock that {} holds", holders.join(" and "))
        }
        WaitsFor::Change { .. } => {
            "repeats a loop, but no other thread changes what it reads. Is a store missing that ends \
                                    the loop, or does the loop not load the value again?"
                .to_string()
        }
        _ => "waits for what never happens".to_string(),
    };
    let who = if *thread == 0 { "the only thread".to_string() } else { format!("thread {thread}") };
    if waiting.file.ends_with("exercise.rs") { format!("{who} (line {line}) {what}") } else { format!("{who} {what}") }
}

/// The answers of a client's calls. For each call of a thread it also has how many calls each other thread had ended when
/// the call began.
struct History {
    before: Vec<u64>,
    threads: Vec<Vec<u64>>,
    after: Vec<u64>,
    /// One word for each thread, see [`Asked`]; empty in a weak memory.
    seen: Vec<u64>,
}

impl History {
    fn read<C>(client: &Client<C>, outcome: &[u64]) -> Option<Self> {
        let mut rest = outcome;
        let mut take = || {
            let (&count, after) = rest.split_first()?;
            let (told, after) = after.split_at_checked(usize::try_from(count).ok()?)?;
            rest = after;
            Some(told.to_vec())
        };
        let mut before = take()?;
        let threads: Vec<Vec<u64>> = client.threads.iter().map(|_| take()).collect::<Option<_>>()?;
        let is_whole = before.len() == client.before.len() + client.after.len()
            && client.threads.iter().zip(&threads).all(|(calls, told)| calls.len() == told.len());
        let after = before.split_off(client.before.len().min(before.len()));
        is_whole.then(|| Self { before, threads, after, seen: rest.to_vec() })
    }

    /// Returns how many calls of `other` had ended when a call of `thread` began.
    fn ended_before(&self, (thread, call): (usize, usize), other: usize) -> usize {
        let word = self.seen.get(thread).copied().unwrap_or(0);
        if call > 6 || other > 2 { 0 } else { (word >> (9 * call) >> (3 * other) & 7) as usize }
    }
}

/// The search for an order of the calls that explains what they told.
struct Linearization<'a, O: Object> {
    object: &'a O,
    client: &'a Client<O::Call>,
    history: &'a History,
    /// In a weak memory the order of calls by time means nothing, and looks may be late.
    is_weak: bool,
}

/// The number of calls that each thread has ended, and the object's state at that point.
type Point<S> = (Vec<usize>, S);

impl<O: Object> Linearization<'_, O> {
    fn is_possible(&self) -> bool {
        let mut state = self.object.start();
        if !self.goes_on(&mut state, &self.client.before, &self.history.before) {
            return false;
        }
        let mut left: Vec<Point<O::State>> = vec![(vec![0; self.client.threads.len()], state)];
        let mut known: HashSet<Point<O::State>> = left.iter().cloned().collect();
        while let Some((done, state)) = left.pop() {
            if done.iter().zip(&self.client.threads).all(|(done, calls)| *done == calls.len())
                && self.goes_on(&mut state.clone(), &self.client.after, &self.history.after)
            {
                return true;
            }
            for thread in 0..done.len() {
                if let Some(next) = self.next(&done, &state, thread)
                    && known.insert(next.clone())
                {
                    left.push(next);
                }
            }
        }
        false
    }

    /// Makes calls of the first thread.
    fn goes_on(&self, state: &mut O::State, calls: &[O::Call], told: &[u64]) -> bool {
        calls.iter().zip(told).all(|(&call, &told)| self.object.accepts(state, 0, call, told))
    }

    /// Makes the next call of a thread, if it may come next.
    fn next(&self, done: &[usize], state: &O::State, thread: usize) -> Option<Point<O::State>> {
        let number = done[thread];
        let call = *self.client.threads[thread].get(number)?;
        let (mut done, mut state) = (done.to_vec(), state.clone());
        let comes_next = self.is_weak
            || (0..done.len())
                .all(|other| other == thread || done[other] >= self.history.ended_before((thread, number), other));
        done[thread] += 1;
        let told = self.history.threads[thread][number];
        let is_free = self.is_weak && self.object.only_looks(call);
        (comes_next && (is_free || self.object.accepts(&mut state, thread + 1, call, told))).then_some((done, state))
    }
}
