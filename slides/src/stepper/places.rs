//! A graph of states for the page. Every text of a step is generated here, so that the page needs no knowledge of
//! memory.

use super::{Code, Stepper, words};
use anyhow::{Result, ensure};
use explorer::walk::{Choice, Holds, Pick, Standing, State, Thread, Walk};
use explorer::{Act, Memory, ReadsFrom, Schedule, ScheduleStep};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The graph that the page moves through.
#[derive(Debug)]
pub struct Places {
    /// The states; the first is the start.
    pub all: Vec<Place>,
}

/// One state of the program.
#[derive(Debug)]
pub struct Place {
    /// The content of the memory.
    pub memory: String,
    /// What else is shown of the objects, such as who holds a lock.
    pub note: Option<String>,
    /// The state of each thread.
    pub threads: Vec<Stand>,
    /// The steps that are possible here; empty at an end.
    pub moves: Vec<Move>,
    /// Each end that can still be reached, with the number of schedules from here to it.
    pub ends: Vec<(String, u128)>,
}

/// The state of a thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// `ready`, `blocked` or `done`.
    pub is: &'static str,
    /// The name of the next operation.
    pub next: String,
    /// The source line of the next operation.
    pub line: u32,
    /// Why the thread is blocked.
    pub why: Option<String>,
    /// The value that it has read of the counter in this increment.
    pub seen: Option<u64>,
    /// Its stores that have not reached memory, the oldest first.
    pub buffer: Vec<String>,
}

/// A step that is possible.
#[derive(Debug)]
pub struct Move {
    /// The key of the step: a thread's number, or a letter for the thread's oldest store to reach memory.
    pub pick: char,
    /// The thread, counted from 0.
    pub thread: usize,
    /// The place that it leads to.
    pub to: usize,
    /// The source line of the operation.
    pub line: u32,
    /// The text in the thread's lane.
    pub cell: String,
    /// The value that it overwrites without having read it.
    pub lost: Option<u64>,
    /// Where it reads from, if the lanes say so.
    pub from: Option<String>,
}

/// Returns the key of a pick: none if it needs chance.
fn key(pick: Pick) -> Option<char> {
    let letter = |first: u8, thread: usize| (first + thread as u8) as char;
    match pick {
        Pick::Run(thread) => Some(letter(b'1', thread)),
        Pick::Flush(thread) => Some(letter(b'a', thread)),
        Pick::Otherwise(..) => None,
    }
}

impl Stepper {
    /// Makes the page's graph of a walk.
    ///
    /// # Errors
    ///
    /// The walk has no numbers of schedules, or what a thread has seen depends on the way.
    pub fn places(&self, walk: &Walk) -> Result<Places> {
        // What need not happen is left out, and what can be reached only by it.
        let (mut numbers, mut order) = (HashMap::from([(0, 0)]), vec![0]);
        let mut seen: Vec<Vec<Option<u64>>> = vec![vec![None; walk.start().threads.len()]];
        let mut next = 0;
        while let Some(&here) = order.get(next) {
            for Choice { pick, step, to } in &walk.states[here].steps {
                if key(*pick).is_none() {
                    continue;
                }
                let after = self.seen_after(&seen[next], step, walk.start(), &walk.states[*to]);
                let number = *numbers.entry(*to).or_insert_with(|| {
                    order.push(*to);
                    seen.push(after.clone());
                    seen.len() - 1
                });
                ensure!(seen[number] == after, "{}: what a thread has seen depends on the way", self.name);
            }
            next += 1;
        }
        let place = |(number, &state): (usize, &usize)| {
            let state = &walk.states[state];
            let (memory, note) = self.memory(state);
            let moves = state.steps.iter().filter_map(|choice| {
                let (pick, step) = (key(choice.pick)?, &choice.step);
                let lost = self.lost(step, walk.start(), state, &walk.states[choice.to]);
                let (thread, to, line) = (step.thread, *numbers.get(&choice.to)?, step.line);
                Some(Move { pick, thread, to, line, cell: self.cell(step), lost, from: None })
            });
            let ends = state.ends.iter().map(|(end, ways)| Some((self.end(end), (*ways)?)));
            let ends: Option<Vec<_>> = ends.collect();
            let threads = state.threads.iter().zip(&seen[number]);
            Some(Place {
                memory,
                note,
                threads: threads.map(|(thread, &seen)| self.stand(thread, seen)).collect(),
                moves: moves.collect(),
                ends: ends?.into_iter().filter(|(_, ways)| *ways > 0).collect(),
            })
        };
        let all: Option<Vec<Place>> = order.iter().enumerate().map(place).collect();
        ensure!(all.is_some(), "{}: the number of schedules has no end", self.name);
        Ok(Places { all: all.unwrap_or_default() })
    }

    fn stand(&self, thread: &Thread, seen: Option<u64>) -> Stand {
        let (is, why) = match &thread.standing {
            Standing::Ready => ("ready", None),
            Standing::Ended => ("done", None),
            Standing::Blocked(waiting) => ("blocked", Some(self.why(&waiting.waits_for))),
            Standing::WaitsForItsStores => ("blocked", Some("waits until its stores have reached memory".to_string())),
        };
        Stand {
            is,
            why,
            next: thread.next.as_ref().map_or_else(String::new, words::operation),
            line: thread.next.map_or(0, |next| next.line),
            seen,
            buffer: thread.buffer.iter().map(|store| self.objects[store.object].is(store.value)).collect(),
        }
    }

    fn is_counter(&self, object: Option<usize>) -> bool {
        matches!(self.code, Code::Counter { .. }) && object == Some(self.objects.len() - 1)
    }

    /// Returns what each thread has seen after a step. It forgets it when its increment is complete.
    fn seen_after(&self, seen: &[Option<u64>], step: &ScheduleStep, start: &State, after: &State) -> Vec<Option<u64>> {
        let mut seen = seen.to_vec();
        if self.is_counter(step.object) {
            // What a second lock of the same increment finds is not what the increment began with.
            let found = content(step).filter(|_| step.act == Act::Lock);
            seen[step.thread] = step.read.or(seen[step.thread]).or(found);
        }
        if is_complete(step.thread, start, after) {
            seen[step.thread] = None;
        }
        seen
    }

    /// Returns the value that the last step of an increment writes over, if it does not write one more.
    fn lost(&self, step: &ScheduleStep, start: &State, before: &State, after: &State) -> Option<u64> {
        let written = step.written.or_else(|| content(step).filter(|_| step.act == Act::Unlock))?;
        if !self.is_counter(step.object) || !is_complete(step.thread, start, after) {
            return None;
        }
        let held = match &before.objects[step.object?] {
            Holds::Atomic(value) | Holds::Plain(value) => *value,
            Holds::Lock { content, .. } => content.as_ref()?.parse().ok()?,
            _ => return None,
        };
        (written != held + 1).then_some(held)
    }

    /// Appends an execution that no order of steps explains: one place for each of its steps. Returns the first.
    pub fn append(&self, places: &mut Places, execution: &Schedule, end: String) -> usize {
        let first = places.all.len();
        for number in 0..=execution.len() {
            let stand = |thread| match execution[number..].iter().find(|step| step.thread == thread) {
                None => Stand { is: "done", ..Stand::default() },
                Some(step) => Stand { is: "ready", line: step.line, ..Stand::default() },
            };
            let moves = execution.get(number).map(|step| Move {
                pick: (b'1' + step.thread as u8) as char,
                thread: step.thread,
                to: first + number + 1,
                line: step.line,
                cell: self.cell(step),
                lost: None,
                from: step.reads_from.map(|from| match from {
                    ReadsFrom::FirstValue => "the start".to_string(),
                    ReadsFrom::Step(index) => format!("step {}", index + 1),
                }),
            });
            let memory = format!("{}: no single memory", words::of_memory(Memory::Cpp20));
            let (threads, ends) = ((0..super::THREADS).map(stand).collect(), vec![(end.clone(), 1)]);
            places.all.push(Place { memory, note: None, threads, moves: moves.into_iter().collect(), ends });
        }
        first
    }
}

fn content(step: &ScheduleStep) -> Option<u64> {
    step.content.as_ref()?.parse().ok()
}

/// Returns whether a thread is back where it started, or has ended.
fn is_complete(thread: usize, start: &State, after: &State) -> bool {
    let at = |state: &State| state.threads[thread].next.map(|next| (next.act, next.line));
    at(after).is_none() || at(after) == at(start)
}

impl Places {
    /// Follows a schedule; returns the moves that it takes, or `None` if one is impossible.
    pub fn follow(&self, picks: &str) -> Option<Vec<&Move>> {
        let mut at = &self.all[0];
        let mut moves = Vec::new();
        for pick in picks.chars() {
            let step = at.moves.iter().find(|step| step.pick == pick)?;
            moves.push(step);
            at = &self.all[step.to];
        }
        Some(moves)
    }

    /// Returns the end of a schedule: `None` if it is impossible or not complete.
    pub fn end_of(&self, picks: &str) -> Option<&str> {
        let place = self.follow(picks)?.last().map(|step| &self.all[step.to])?;
        if place.moves.is_empty() { place.ends.first().map(|(end, _)| end.as_str()) } else { None }
    }

    /// Formats the states as JSON for the page.
    pub fn json(&self) -> Value {
        self.all.iter().map(Place::json).collect()
    }
}

impl Place {
    fn json(&self) -> Value {
        let stand = |stand: &Stand| {
            let Stand { is, next, line, why, seen, buffer } = stand;
            json!({ "is": is, "next": next, "line": line, "why": why, "seen": seen, "buffer": buffer })
        };
        let step = |step: &Move| {
            let Move { pick, thread, to, line, cell, lost, from } = step;
            let pick = pick.to_string();
            json!({ "pick": pick, "thread": thread, "to": to, "line": line, "cell": cell, "lost": lost, "from": from })
        };
        let ends: Vec<Value> = self.ends.iter().map(|(end, ways)| json!([end, *ways as f64])).collect();
        json!({
            "memory": self.memory,
            "note": self.note,
            "threads": self.threads.iter().map(stand).collect::<Vec<_>>(),
            "moves": self.moves.iter().map(step).collect::<Vec<_>>(),
            "ends": ends,
        })
    }
}
