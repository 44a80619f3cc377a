//! What one process measures.

use crate::litmus::by_loom;
use crate::second::{self, End, Found};
use explorer::{Bounds, Memory, Problem, explore, explore_within};
use litmus::TESTS;
use model::size::Size;
use model::subjects::Subject;
use model::table;
use model::verdict::{Verdict, memory_name};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The judge that explores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judge {
    /// The explorer under a memory.
    Explorer(Memory),
    /// loom, which knows no states.
    Loom,
    /// shuttle, which runs random schedules.
    Shuttle,
}

impl Judge {
    const ALL: [Self; 5] = [
        Self::Explorer(Memory::Interleaved),
        Self::Explorer(Memory::StoreBuffers),
        Self::Explorer(Memory::Cpp20),
        Self::Loom,
        Self::Shuttle,
    ];

    /// Returns the name of the judge, or of the memory that the explorer has.
    pub fn name(self) -> &'static str {
        match self {
            Self::Explorer(memory) => memory_name(memory),
            Self::Loom => "loom",
            Self::Shuttle => "shuttle",
        }
    }
}

/// The programs that a process explores.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    /// A counter at a size.
    Counter(&'static Subject, Size),
    /// All tests of the litmus catalogue.
    Litmus,
    /// The whole table of verdicts, which has no judge but the explorer.
    Verdicts,
}

/// What one process measures.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// The judge that explores.
    pub judge: Judge,
    /// The programs that it explores.
    pub work: Work,
}

impl Task {
    /// Returns the arguments that [`Task::read`] reads.
    pub fn arguments(self) -> [String; 4] {
        let (work, size) = match self.work {
            Work::Counter(subject, size) => (subject.variant, size),
            Work::Litmus => ("litmus", Size::new(0, 0)),
            Work::Verdicts => ("verdicts", Size::new(0, 0)),
        };
        [self.judge.name().into(), work.into(), size.threads.to_string(), size.increments.to_string()]
    }

    /// Reads the arguments of a process.
    pub fn read(arguments: &[String]) -> Option<Self> {
        let [judge, work, threads, increments] = arguments else { return None };
        let judge = Judge::ALL.into_iter().find(|one| one.name() == judge)?;
        let size = Size::new(threads.parse().ok()?, increments.parse().ok()?);
        let work = match work.as_str() {
            "litmus" => Work::Litmus,
            "verdicts" => Work::Verdicts,
            name => Work::Counter(super::of(name)?, size),
        };
        Some(Self { judge, work })
    }

    /// Measures until the work was done often enough to know how long it takes.
    pub fn measure(self, seconds: u32) -> Measured {
        let start = Instant::now();
        let mut measured = Vec::new();
        while measured.is_empty() || start.elapsed() < ENOUGH {
            measured.push(self.once(measured.len() as u64, seconds));
        }
        measured.sort_by(|one, two| one.seconds.total_cmp(&two.seconds));
        measured.swap_remove(measured.len() / 2)
    }

    fn once(self, number: u64, seconds: u32) -> Measured {
        match (self.work, self.judge) {
            (Work::Counter(subject, size), Judge::Explorer(memory)) => by_explorer(subject, size, memory),
            (Work::Counter(subject, size), Judge::Loom) => {
                let execute = second::of(subject.variant).expect("both doors have the same counters");
                of_found(&second::explore(u64::MAX, move || execute(size)), size)
            }
            (Work::Counter(subject, size), Judge::Shuttle) => by_shuttle(subject, size, number, seconds),
            (Work::Litmus, judge) => litmus(judge),
            (Work::Verdicts, _) => {
                let start = Instant::now();
                let rows = table::all();
                let states = rows.iter().flat_map(|row| &row.judgement.explorations);
                let states = states.map(|exploration| exploration.report.states as u64).sum();
                let executions = rows.iter().filter_map(|row| row.judgement.executions()).sum::<usize>() as u64;
                let seconds = start.elapsed().as_secs_f64();
                Measured { verdict: Some("decided".into()), states, executions, seconds, ..Measured::default() }
            }
        }
    }
}

/// A figure is the median of this much time.
const ENOUGH: Duration = Duration::from_millis(100);

/// What one process measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// The verdict in one word. `None` if a limit was reached, or if random schedules show nothing wrong.
    pub verdict: Option<String>,
    /// The limit that was reached.
    pub stopped: Option<String>,
    /// The final values of the counter.
    pub finals: Vec<u64>,
    /// The number of states; 0 for a judge that has none.
    pub states: u64,
    /// The number of executions, or of random schedules; 0 if they were not counted.
    pub executions: u64,
    /// The time in seconds.
    pub seconds: f64,
    /// The largest memory of the process in MiB. `None` if the system does not say it.
    pub peak_mib: Option<f64>,
}

impl Measured {
    /// Returns how many of something there are per second.
    pub fn per_second(&self, count: u64) -> f64 {
        if self.seconds > 0.0 { count as f64 / self.seconds } else { 0.0 }
    }

    /// Builds the JSON object.
    pub fn to_json(&self) -> Value {
        json!({
            "verdict": self.verdict,
            "stopped": self.stopped,
            "finals": self.finals,
            "states": self.states,
            "executions": (self.executions > 0).then_some(self.executions),
            "seconds": self.seconds,
            "states_per_second": self.per_second(self.states),
            "executions_per_second": (self.executions > 0).then(|| self.per_second(self.executions)),
            "peak_mib": self.peak_mib,
        })
    }

    /// Reads the JSON object.
    pub fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value[key].as_str().map(String::from);
        Some(Self {
            verdict: text("verdict"),
            stopped: text("stopped"),
            finals: value["finals"].as_array()?.iter().filter_map(Value::as_u64).collect(),
            states: value["states"].as_u64()?,
            executions: value["executions"].as_u64().unwrap_or(0),
            seconds: value["seconds"].as_f64()?,
            peak_mib: value["peak_mib"].as_f64(),
        })
    }
}

/// More states than memory has room for, because here memory and time are the limits.
const BOUNDS: Bounds = Bounds { states: 1_000_000_000, operations: 400 };

fn by_explorer(subject: &Subject, size: Size, memory: Memory) -> Measured {
    let start = Instant::now();
    let report = explore_within(&(subject.program)(size), memory, &BOUNDS);
    let seconds = start.elapsed().as_secs_f64();
    let end = match report.findings.first().map(|finding| &finding.problem) {
        _ if report.race().is_some() => End::DataRace,
        Some(Problem::Panic { message, .. }) => End::Panicked(message.clone()),
        Some(_) => End::Deadlock,
        None if report.bound.is_some() => End::ManyExecutions,
        None => End::Complete,
    };
    let outcomes = report.outcomes.keys().map(|outcome| outcome[0]).collect();
    let executions = report.executions.map_or(0, |executions| executions + report.findings.len()) as u64;
    let found = Found { outcomes, executions, seconds, end };
    Measured {
        states: report.states as u64,
        stopped: report.bound.map(|bound| bound.to_string()),
        ..of_found(&found, size)
    }
}

fn of_found(found: &Found<u64>, size: Size) -> Measured {
    let verdict = found.verdict(size);
    let is_decided = verdict != Verdict::Inconclusive;
    Measured {
        verdict: is_decided.then(|| verdict.name().into()),
        stopped: (!is_decided).then(|| found.end.to_string()),
        finals: found.outcomes.iter().copied().collect(),
        states: 0,
        executions: found.executions,
        seconds: found.seconds,
        peak_mib: None,
    }
}

fn litmus(judge: Judge) -> Measured {
    let start = Instant::now();
    let (mut states, mut executions) = (0, 0);
    for (test, &(strength, _)) in TESTS.iter().flat_map(|test| test.verdicts.iter().map(move |row| (test, row))) {
        let program = test.program(strength);
        if judge == Judge::Loom {
            executions += by_loom(&program).executions;
        } else {
            for memory in Memory::ALL {
                let report = explore(&model::litmus::program(&program), memory);
                states += report.states as u64;
                executions += report.executions.unwrap_or(0) as u64;
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    Measured { verdict: Some("decided".into()), states, executions, seconds, ..Measured::default() }
}

/// The largest number of random schedules.
#[cfg(feature = "shuttle")]
const MOST_SCHEDULES: usize = 10_000;

#[cfg(feature = "shuttle")]
fn by_shuttle(subject: &Subject, size: Size, seed: u64, seconds: u32) -> Measured {
    let time = Duration::from_secs(seconds.into()) / 2; // the limit of the process comes later
    let found = shuttled::search(subject.variant, (size.threads, size.increments), seed, MOST_SCHEDULES, time);
    let found = found.expect("both doors have the same counters");
    let verdict = found
        .wrong
        .map(|value| if value < size.expected() { Verdict::CanLose } else { Verdict::CanEndWrong }.name().to_string());
    let finals = found.wrong.into_iter().collect();
    Measured { verdict, finals, executions: found.schedules, seconds: found.seconds, ..Measured::default() }
}

#[cfg(not(feature = "shuttle"))]
fn by_shuttle(_: &Subject, _: Size, _: u64, _: u32) -> Measured {
    Measured { stopped: Some("built without shuttle".into()), ..Measured::default() }
}
