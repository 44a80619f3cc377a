//! What steps and states are called on the page.

use super::{Code, Name, Stepper};
use explorer::walk::{End, Holds, NextOperation, State};
use explorer::{Act, WaitsFor};
use explorer::{Memory, ScheduleStep};

impl Name {
    /// Formats a value of it.
    pub fn value(self, value: u64) -> String {
        if self.is_flag { (value != 0).to_string() } else { value.to_string() }
    }

    /// Formats it with a value, as in `x = 1`.
    pub fn is(self, value: u64) -> String {
        format!("{} = {}", self.name, self.value(value))
    }
}

/// Returns the name of an operation on a button.
pub fn operation(next: &NextOperation) -> String {
    name(next.act, next.method)
}

fn name(act: Act, method: Option<&str>) -> String {
    match (act, method) {
        (_, Some(method)) => method.to_string(),
        (Act::CompareExchange, _) => "exchange".to_string(),
        (act, _) => format!("{act:?}").to_lowercase(),
    }
}

/// Returns the methods of which one must be on the line of an operation.
pub fn methods(act: Act, method: Option<&'static str>) -> &'static [&'static str] {
    match (act, method) {
        (Act::Load, _) => &[".load("],
        (Act::Store | Act::Flush, _) => &[".store("],
        (Act::Update, Some("fetch_add")) => &[".fetch_add("],
        (Act::CompareExchange, _) => &[".compare_exchange(", ".compare_exchange_weak("],
        (Act::Read, _) => &[".read("],
        (Act::Write, _) => &[".write("],
        // A guard unlocks where its temporary value ends: on the line that locks.
        (Act::Lock | Act::Unlock, _) => &[".lock("],
        _ => &[],
    }
}

impl Stepper {
    /// Returns the text of a step in its thread's lane.
    pub fn cell(&self, step: &ScheduleStep) -> String {
        let name_of_object = step.object.map(|object| self.objects[object]);
        let Some(object) = name_of_object else { return name(step.act, step.method) };
        let is_counter = matches!(self.code, Code::Counter { .. }) && step.object == Some(self.objects.len() - 1);
        let what = name(step.act, step.method);
        match (step.act, step.read, step.written) {
            (Act::Flush, _, Some(written)) => format!("{} → memory", object.is(written)),
            (Act::Load | Act::Read, Some(read), _) if is_counter => format!("{what} → seen={read}"),
            (Act::Load | Act::Read, Some(read), _) => format!("{what} {} → {}", object.name, object.value(read)),
            (Act::Store | Act::Write, _, Some(written)) if is_counter => format!("{what} {written}"),
            (Act::Store | Act::Write, _, Some(written)) => format!("{what} {}", object.is(written)),
            (Act::CompareExchange, Some(read), None) => format!("finds {}: retry", object.value(read)),
            (Act::CompareExchange, Some(read), Some(written)) if is_counter => format!("exchange {read} → {written}"),
            (Act::Update, Some(read), Some(written)) if is_counter => format!("add: {read} → {written}"),
            (_, Some(read), Some(written)) => {
                format!("{}: {} → {}", object.name, object.value(read), object.value(written))
            }
            _ => match (step.act, &step.content) {
                (Act::Lock, Some(content)) => format!("lock: finds {content}"),
                (Act::Unlock, Some(content)) => format!("unlock: {content}"),
                _ => what,
            },
        }
    }

    /// Returns what memory holds, and what else is shown of the objects.
    pub fn memory(&self, state: &State) -> (String, Option<String>) {
        let show = |(name, holds): (&Name, &Holds)| match holds {
            Holds::Atomic(value) | Holds::Plain(value) => name.is(*value),
            Holds::Lock { holders, .. } => locked(holders),
            other => format!("{other:?}"),
        };
        let all: Vec<String> = self.objects.iter().zip(&state.objects).map(show).collect();
        match (self.code, state.objects.last()) {
            (Code::TwoLocations { .. }, _) => (all.join(", "), None),
            (Code::Counter { .. }, Some(Holds::Lock { holders, content })) => {
                (content.clone().unwrap_or_default(), Some(locked(holders)))
            }
            (Code::Counter { .. }, Some(Holds::Atomic(value) | Holds::Plain(value))) => {
                (value.to_string(), (all.len() > 1).then(|| all[..all.len() - 1].join(", ")))
            }
            _ => (String::new(), None),
        }
    }

    /// Returns the text of an end.
    pub fn end(&self, end: &End) -> String {
        match (self.code, end) {
            (Code::TwoLocations { results, .. }, End::Outcome(values)) => {
                let each = results.iter().zip(values).map(|(result, &value)| result.is(value));
                each.collect::<Vec<_>>().join(", ")
            }
            (Code::Counter { .. }, End::Outcome(values)) => values.first().map_or_else(String::new, u64::to_string),
            (_, End::DataRace) => "a data race".to_string(),
            (_, End::Panic) => "a panic".to_string(),
            (_, End::Deadlock) => "deadlock".to_string(),
            (_, End::WaitsForEver) => "a thread that waits for ever".to_string(),
        }
    }

    /// Says why a thread cannot go on.
    pub fn why(&self, waits_for: &WaitsFor) -> String {
        match waits_for {
            WaitsFor::Lock { holders, .. } => format!("waits for the lock, {}", locked(holders)),
            WaitsFor::Change { object: Some(object) } => {
                format!("tries again until {} changes", self.objects[*object].name)
            }
            _ => "waits".to_string(),
        }
    }
}

fn locked(holders: &[usize]) -> String {
    match holders.first() {
        None => "lock is free".to_string(),
        Some(holder) => format!("locked by T{}", holder + 1),
    }
}

/// Returns the name of a memory on the page.
pub fn of_memory(memory: Memory) -> &'static str {
    match memory {
        Memory::Interleaved => "One memory",
        Memory::StoreBuffers => "x86\u{2011}TSO",
        Memory::Cpp20 => "C++20, relaxed",
    }
}
