//! A graph of states for the page. Every text of a step is generated here, so that the page needs no knowledge of
//! memory.

use engine::{Cell, Edge, End, Graph, Instruction, Node, Program, State};
use serde_json::{Value, json};

/// The graph that the page moves through.
#[derive(Debug)]
pub struct Walk {
    /// The states; the first is the start.
    pub places: Vec<Place>,
}

/// One state of the program.
#[derive(Debug)]
pub struct Place {
    /// The content of the memory.
    pub memory: String,
    /// `locked` or `free`, if there is a lock.
    pub lock: Option<&'static str>,
    /// The state of each thread.
    pub threads: Vec<Stand>,
    /// The steps that are possible here; empty at an end.
    pub moves: Vec<Move>,
    /// Each end that can still be reached, with the number of schedules from here to it.
    pub ends: Vec<(End, u128)>,
}

/// The state of a thread.
#[derive(Debug)]
pub struct Stand {
    /// The next instruction of the body.
    pub at: usize,
    /// `ready`, `blocked` or `done`.
    pub is: &'static str,
    /// The value that it has loaded and not used yet.
    pub seen: Option<u64>,
}

/// A step that is possible.
#[derive(Debug)]
pub struct Move {
    /// The key of the step: a thread's number, or a letter for the same thread with an older value.
    pub pick: char,
    /// The thread, counted from 0.
    pub thread: usize,
    /// The place that it leads to.
    pub to: usize,
    /// The text in the thread's lane.
    pub cell: String,
    /// The value that it overwrites without having read it.
    pub lost: Option<u64>,
}

/// Returns the letter of a thread's older load.
pub fn older(thread: usize) -> char {
    (b'a' + thread as u8) as char
}

/// Returns the key of a thread.
pub fn newest(thread: usize) -> char {
    (b'1' + thread as u8) as char
}

/// Returns the name of an instruction on a button.
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
    /// Builds the graph of a program whose steps are atomic and visible to all threads at once.
    pub fn of(program: &Program, graph: &Graph) -> Self {
        Self { places: graph.nodes.iter().map(|node| place(program, node)).collect() }
    }

    /// Follows a schedule; returns the moves that it takes, or `None` if one is impossible.
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

/// Formats an end for the page.
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
