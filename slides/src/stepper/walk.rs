//! A graph of states as the page walks it: every text that a step shows is made here, so that the page knows nothing of memory.

use engine::{Cell, Edge, End, Graph, Instruction, Node, Program, State};
use serde_json::{Value, json};

/// What the page walks.
#[derive(Debug)]
pub struct Walk {
    /// The states; the first is the start.
    pub places: Vec<Place>,
}

/// One state of the program.
#[derive(Debug)]
pub struct Place {
    /// What the memory holds.
    pub memory: String,
    /// `locked` or `free`, if there is a lock.
    pub lock: Option<&'static str>,
    /// Where each thread stands.
    pub threads: Vec<Stand>,
    /// What can be done here; nothing at an end.
    pub moves: Vec<Move>,
    /// Each end that can still be reached, with the number of schedules that lead from here to it.
    pub ends: Vec<(End, u128)>,
}

/// Where a thread stands.
#[derive(Debug)]
pub struct Stand {
    /// The instruction of the body that comes next.
    pub at: usize,
    /// `ready`, `blocked` or `done`.
    pub is: &'static str,
    /// What it loaded and has not used yet.
    pub seen: Option<u64>,
}

/// A step that can be taken.
#[derive(Debug)]
pub struct Move {
    /// The key that takes it: a thread's number, or a letter for the same thread with an older value.
    pub pick: char,
    /// The thread, counted from 0.
    pub thread: usize,
    /// The place that it leads to.
    pub to: usize,
    /// What stands in the thread's lane.
    pub cell: String,
    /// What was written over without having been seen.
    pub lost: Option<u64>,
}

/// The letter that stands for a thread's older load.
pub fn older(thread: usize) -> char {
    (b'a' + thread as u8) as char
}

/// The key that stands for a thread.
pub fn newest(thread: usize) -> char {
    (b'1' + thread as u8) as char
}

/// What an instruction is called on a button.
pub fn name(instruction: Instruction) -> &'static str {
    match instruction {
        Instruction::Load(_) => "load",
        Instruction::Store(_) => "store",
        Instruction::FetchAdd(..) | Instruction::FetchAddRest(_) => "fetch_add",
        Instruction::CompareExchange(..) => "exchange",
        Instruction::Lock => "lock",
        Instruction::Unlock => "unlock",
    }
}

impl Walk {
    /// That of a program whose steps cannot be split and are seen by all threads at once.
    pub fn of(program: &Program, graph: &Graph) -> Self {
        Self { places: graph.nodes.iter().map(|node| place(program, node)).collect() }
    }

    /// Follows a schedule; the moves that it takes, as far as it goes.
    pub fn follow(&self, picks: &str) -> Option<Vec<&Move>> {
        let mut at = &self.places[0];
        let mut moves = Vec::new();
        for pick in picks.chars() {
            let step = at.moves.iter().find(|step| step.pick == pick)?;
            moves.push(step);
            at = &self.places[step.to];
        }
        Some(moves)
    }

    /// Formats the states as JSON for the page.
    pub fn json(&self) -> Value {
        self.places.iter().map(Place::json).collect()
    }
}

impl Place {
    fn json(&self) -> Value {
        let threads: Vec<Value> =
            self.threads.iter().map(|stand| json!({ "at": stand.at, "is": stand.is, "seen": stand.seen })).collect();
        let moves: Vec<Value> = (self.moves.iter())
            .map(|step| json!({ "pick": step.pick.to_string(), "thread": step.thread, "to": step.to, "cell": step.cell, "lost": step.lost }))
            .collect();
        let ends: Vec<Value> = self.ends.iter().map(|(end, ways)| json!([end_text(*end), *ways as f64])).collect();
        json!({ "memory": self.memory, "lock": self.lock, "threads": threads, "moves": moves, "ends": ends })
    }
}

/// An end as the page shows it.
pub fn end_text(end: End) -> String {
    match end {
        End::Final(value) => value.to_string(),
        End::Deadlock => "deadlock".to_string(),
    }
}

fn place(program: &Program, node: &Node) -> Place {
    let State { shared, threads } = &node.state;
    let can_step = |thread: usize| node.edges.iter().any(|edge| edge.step.thread == thread);
    let stand = |(index, thread): (usize, &engine::Thread)| Stand {
        at: thread.at,
        is: if thread.left == 0 {
            "done"
        } else if can_step(index) {
            "ready"
        } else {
            "blocked"
        },
        seen: thread.seen,
    };
    let own: u64 = threads.iter().map(|thread| thread.own).sum();
    let uses_lock = program.body().contains(&Instruction::Lock);
    Place {
        memory: (shared.counter + own).to_string(),
        lock: uses_lock.then_some(if shared.locked { "locked" } else { "free" }),
        threads: threads.iter().enumerate().map(stand).collect(),
        moves: node.edges.iter().map(|edge| step(edge, &node.state)).collect(),
        ends: node.ends.iter().map(|(&end, &ways)| (end, ways)).collect(),
    }
}

fn step(edge: &Edge, before: &State) -> Move {
    let Edge { step, to } = edge;
    let seen = before.threads[step.thread].seen;
    let cell = match (step.instruction, step.read, step.written) {
        (Instruction::Load(_), Some(read), _) => format!("load → seen={read}"),
        (Instruction::Store(_), _, Some(written)) => format!("store {written}"),
        (Instruction::CompareExchange(..), Some(read), None) => format!("finds {read}: retry"),
        (Instruction::CompareExchange(..), Some(read), Some(written)) => format!("exchange {read} → {written}"),
        (_, Some(read), Some(written)) => format!("add: {read} → {written}"),
        (instruction, ..) => name(instruction).to_string(),
    };
    let overwrites =
        matches!(step.instruction, Instruction::Store(Cell::Counter)) && seen != Some(before.shared.counter);
    Move {
        pick: newest(step.thread),
        thread: step.thread,
        to: *to,
        cell,
        lost: overwrites.then_some(before.shared.counter),
    }
}
