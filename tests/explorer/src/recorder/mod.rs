//! The recorder: what a thread does next, given what its operations have returned.
//!
//! A thread's behaviour is a function of the answers to its operations. So the recorder runs the thread's code from its
//! start, feeds the recorded answers, and leaves the code at the first operation that has none. The results form a tree
//! for each thread: a node is what the thread does next, an edge is an answer. Each node is computed once.
//!
//! Threads that were said to run the same code share a tree. Each replay runs all of them. If they ever differ in an
//! operation or in how they end, the search begins again, with a tree for each.

pub mod replay;
pub mod values;
mod waiting;

use crate::machine::Machine;
use crate::object::{Held, Object, ObjectId};
use crate::operation::{Action, Answer, CHILD_BITS, Operation, Place, ThreadPath, Work};
use crate::outside::{Alone, ByItself, Request};
use crate::program::Subject;
use replay::{End, Record, Stage};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use values::Values;
use waiting::{Round, Twin};

/// Returns the path of a thread's child with this number.
pub fn path_of_child(parent: ThreadPath, number: u64) -> ThreadPath {
    parent << CHILD_BITS | (number + 1)
}

/// The number of a node.
pub type NodeId = u32;

/// What a thread does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    Operation(Operation),
    Finished(Vec<u64>),
    Panicked(String),
    /// The code does what this crate cannot explore.
    Unsupported(&'static str),
}

/// The history that a thread has after an operation has returned.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub to: NodeId,
    /// The number of operations that changed nothing, because the thread is back in an earlier round of a loop that waits.
    pub without_effect: u32,
}

/// A point of a thread's code.
#[derive(Debug)]
struct Node {
    next: Next,
    /// Which thread, as an index of `origins`.
    thread: usize,
    parent: Option<(NodeId, Answer)>,
    /// The number of the thread's operations so far.
    depth: usize,
    edges: Vec<(Answer, Edge)>,
    twin: Option<Twin>,
    account: Account,
}

/// What a thread has told, asked and worked until it is at a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// How many words of its script it has got.
    pub asked: u32,
    /// How many values it has told.
    pub told: u32,
    /// Whether it has got a word of its script and done no operation since.
    pub is_fresh: bool,
    /// The work that it has done, as its ticks.
    pub ticks: u64,
}

/// How a thread is reached: the part of the program that runs first, and the children on the way.
#[derive(Clone, Debug)]
struct Origin {
    /// The parts of the program that run first and do the same, so that they have one tree.
    parts: Range<usize>,
    stages: Vec<Stage>,
    /// The first thread that is reached so.
    path: ThreadPath,
}

/// Which loops are recognised as ones that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    None,
    /// Loops whose operations change nothing. A machine that keeps all events can forget the round.
    LoopsWithoutEffect,
    /// All loops. A machine that keeps only values comes back to an old state by itself.
    AllLoops,
}

impl Joining {
    pub fn of<M: Machine>(_machine: &M) -> Self {
        M::JOINING
    }
}

/// Why a search must begin again, or cannot go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An assumption about the code was wrong. The recorder does not make it again.
    Mistaken,
    /// The code did something else here than in an earlier replay.
    NotDeterministic(Place),
    /// A thread did more than this many operations that no other thread notices.
    Endless(usize),
}

/// The trees of all threads of a program.
pub struct Recorder<'a> {
    subject: &'a dyn Subject,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    origins: Vec<Origin>,
    children: HashMap<NodeId, NodeId>,
    checkpoints: HashMap<(usize, u64), NodeId>,
    /// Where threads end, by what they return.
    ends: HashMap<(usize, Vec<u64>), NodeId>,
    /// The objects that exist before any thread starts, by number.
    pub objects: Vec<Object>,
    /// Those of them that the program creates first.
    created: Vec<(ObjectId, Object)>,
    /// Those of them that belong to statics.
    of_statics: BTreeMap<ObjectId, Object>,
    pub values: Values,
    joining: Joining,
    /// The rounds that were taken for ones of loops that wait, with the nodes where they begin.
    rounds: Vec<(NodeId, Round)>,
    /// The loops and checkpoints that must not be joined, by part of the program and place.
    apart: HashSet<(usize, Place)>,
    /// Groups of threads that are taken for interchangeable: they have done the same in every replay.
    alike: Vec<Range<usize>>,
    /// Groups that are not, by their first thread.
    unlike: HashSet<usize>,
    /// Objects at which a thread looks without waiting, as when it tries to lock: with them it matters that an unlocking
    /// comes later.
    tried: HashSet<u32>,
    pub trouble: Option<Trouble>,
    /// Whether a thread does what only whole execution graphs decide.
    pub needs_graphs: bool,
    /// The largest number of operations of a thread so far.
    pub deepest: usize,
    pub replays: usize,
}

/// Returns the operation at which two replays of the same thread differ.
fn first_difference(one: &Record, two: &Record) -> Option<Place> {
    let mut pairs = one.operations.iter().zip(&two.operations);
    let different = pairs.find(|(one, two)| one != two).map(|(one, _)| one);
    different.or(one.operations.last().filter(|_| one != two)).map(|operation| operation.place)
}

/// The most operations of a thread in a row that no other thread notices.
const MOST_UNNOTICED: usize = 20_000;

/// Operations that a replay records beyond the one that was asked for.
const AHEAD: usize = 64;

/// Words of its script that a thread gets in one replay.
const MOST_WORDS: usize = 24;

impl<'a> Recorder<'a> {
    /// Creates a recorder. `symmetric` says whether threads that do the same share a tree.
    pub fn new(subject: &'a dyn Subject, joining: Joining, symmetric: bool) -> Self {
        replay::silence_panics();
        let mut recorder = Self {
            subject,
            nodes: Vec::new(),
            roots: Vec::new(),
            origins: Vec::new(),
            children: HashMap::new(),
            checkpoints: HashMap::new(),
            ends: HashMap::new(),
            objects: Vec::new(),
            created: Vec::new(),
            of_statics: BTreeMap::new(),
            values: Values::default(),
            joining,
            rounds: Vec::new(),
            apart: HashSet::new(),
            alike: Vec::new(),
            unlike: HashSet::new(),
            tried: HashSet::new(),
            trouble: None,
            needs_graphs: false,
            deepest: 0,
            replays: 0,
        };
        if !symmetric {
            recorder.unlike.extend(subject.groups().iter().map(|group| group.start));
        }
        recorder.begin();
        recorder
    }

    /// Forgets everything except which assumptions were wrong.
    pub fn begin(&mut self) {
        self.nodes.clear();
        self.children.clear();
        self.checkpoints.clear();
        self.ends.clear();
        self.rounds.clear();
        self.trouble = None;
        let parts = self.subject.threads() + usize::from(self.subject.has_end());
        let groups = self.subject.groups().iter();
        self.alike = groups.filter(|group| group.len() > 1 && !self.unlike.contains(&group.start)).cloned().collect();
        self.origins.clear();
        while let start = self.origins.last().map_or(0, |origin: &Origin| origin.parts.end)
            && start < parts
        {
            let group = self.alike.iter().find(|group| group.start == start).cloned();
            let (parts, path) = (group.unwrap_or(start..start + 1), start as ThreadPath + 1);
            self.origins.push(Origin { parts, stages: Vec::new(), path });
        }
        self.created = if parts == 0 { Vec::new() } else { self.replay(0, &[], AHEAD, &[]).objects };
        self.objects.clear();
        let of_statics = self.of_statics.iter().map(|(&number, &object)| (number, object));
        for (number, object) in self.created.iter().copied().chain(of_statics) {
            let absent = Object { held: Held::Absent, place: object.place };
            self.objects.resize(self.objects.len().max(number as usize + 1), absent);
            self.objects[number as usize] = object;
        }
        self.roots.clear();
        for thread in 0..self.origins.len() {
            let root = self.root(thread);
            self.roots.extend(self.origins[thread].parts.clone().map(|_| root));
        }
    }

    /// Returns groups of threads that are interchangeable.
    pub fn alike(&self) -> &[Range<usize>] {
        &self.alike
    }

    fn root(&mut self, thread: usize) -> NodeId {
        let words = self.words(thread, 0);
        let record = self.replay(thread, &[], AHEAD, &words);
        let edge = self.add(thread, None, &[], 0, record, None);
        self.after_checkpoints(edge).to
    }

    /// Returns where the threads start that exist from the beginning.
    pub fn starts(&self) -> &[NodeId] {
        &self.roots[..self.subject.threads()]
    }

    /// Returns whether the program may end as soon as its first thread has ended.
    pub fn ends_with_first(&self) -> bool {
        self.subject.ends_with_first()
    }

    /// Returns where the code starts that looks at the end of an execution.
    pub fn start_of_end(&self) -> Option<NodeId> {
        self.roots.get(self.subject.threads()).copied()
    }

    pub fn next(&self, node: NodeId) -> &Next {
        &self.nodes[node as usize].next
    }

    /// Returns the operation at a node.
    ///
    /// # Panics
    ///
    /// If the thread has ended there.
    pub fn operation(&self, node: NodeId) -> &Operation {
        match self.next(node) {
            Next::Operation(operation) => operation,
            end => unreachable!("a thread that has ended has no operation: {end:?}"),
        }
    }

    /// Returns how many points of the threads' code are known.
    pub fn points(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether some thread looks at the object without waiting.
    pub fn is_tried(&self, object: u32) -> bool {
        self.tried.contains(&object)
    }

    /// Returns where the child starts whose start is the operation at `node`.
    pub fn start_of_child(&mut self, node: NodeId) -> NodeId {
        if let Some(&start) = self.children.get(&node) {
            return start;
        }
        let (answers, parent) = (self.answers(node), &self.nodes[node as usize]);
        let mut origin = self.origins[parent.thread].clone();
        origin.stages.push(Stage { answers, operations: parent.depth });
        origin.path = path_of_child(origin.path, self.before(node, |action| *action == Action::Spawn).count() as u64);
        self.origins.push(origin);
        let start = self.root(self.origins.len() - 1);
        self.children.insert(node, start);
        start
    }

    /// Returns where the thread is after the operation at `node` has returned `answer`.
    pub fn after(&mut self, node: NodeId, answer: Answer) -> Edge {
        let edge = self.step(node, answer);
        self.after_checkpoints(edge)
    }

    /// Goes on behind what no other thread notices.
    fn after_checkpoints(&mut self, mut edge: Edge) -> Edge {
        for count in 0.. {
            let Next::Operation(operation) = self.next(edge.to) else { break };
            if count > MOST_UNNOTICED {
                self.trouble = Some(Trouble::Endless(MOST_UNNOTICED));
                break;
            }
            let answer = match operation.action {
                Action::Checkpoint(_) | Action::Tell(_) | Action::Work(_) => Answer::NOTHING,
                Action::Ask => Answer::value(self.word(edge.to)),
                _ => break,
            };
            edge.to = self.step(edge.to, answer).to;
        }
        edge
    }

    /// Returns the word that a thread gets at a node.
    fn word(&self, node: NodeId) -> u64 {
        let node = &self.nodes[node as usize];
        let script = self.subject.asked().and_then(|asked| asked.script(self.origins[node.thread].path));
        script.and_then(|script| script.get(node.account.asked as usize).copied()).unwrap_or(0)
    }

    /// Returns what a thread has told, asked and worked until it is at a node.
    pub fn account(&self, node: NodeId) -> Account {
        self.nodes[node as usize].account
    }

    /// Returns what a thread has told until it is at a node.
    pub fn told(&self, node: NodeId) -> Vec<u64> {
        let mut told: Vec<u64> = self
            .before(node, |action| matches!(action, Action::Tell(_)))
            .map(|operation| if let Action::Tell(value) = operation.action { value } else { 0 })
            .collect();
        told.reverse();
        told
    }

    /// Returns what all threads have told: for each the number of values, and the values.
    pub fn told_by_all(&self, at: &[NodeId]) -> Vec<u64> {
        let told = |&node: &NodeId| {
            let told = self.told(node);
            std::iter::once(told.len() as u64).chain(told)
        };
        at.iter().flat_map(told).collect()
    }

    /// Returns the work that a thread has done until it is at a node, in its order.
    pub fn works(&self, node: NodeId) -> Vec<Work> {
        let works = self.before(node, |action| matches!(action, Action::Work(_)));
        let mut works: Vec<Work> = works
            .filter_map(|operation| if let Action::Work(work) = operation.action { Some(work) } else { None })
            .collect();
        works.reverse();
        works
    }

    /// Returns whether threads follow scripts, so that an outcome is what they tell.
    pub fn is_asked(&self) -> bool {
        self.subject.asked().is_some()
    }

    /// Returns the operations before a node that have such an action, the last one first.
    fn before(&self, node: NodeId, is_wanted: impl Fn(&Action) -> bool) -> impl Iterator<Item = &Operation> {
        let mut at = self.nodes[node as usize].parent;
        std::iter::from_fn(move || {
            while let Some((parent, _)) = at {
                at = self.nodes[parent as usize].parent;
                let operation = self.operation(parent);
                if is_wanted(&operation.action) {
                    return Some(operation);
                }
            }
            None
        })
    }

    /// Returns the account of what comes after a node.
    fn account_after(&self, parent: Option<(NodeId, Answer)>) -> Account {
        let Some((node, _)) = parent else { return Account::default() };
        let mut account = self.nodes[node as usize].account;
        match self.operation(node).action {
            Action::Ask => (account.asked, account.is_fresh) = (account.asked + 1, true),
            Action::Tell(_) => (account.told, account.is_fresh) = (account.told + 1, false),
            Action::Work(work) => account.ticks += self.subject.asked().map_or(0, |asked| asked.ticks(work)),
            Action::Checkpoint(_) => {}
            _ => account.is_fresh = false,
        }
        account
    }

    fn step(&mut self, node: NodeId, answer: Answer) -> Edge {
        let returns_nothing = self.operation(node).returns_nothing();
        let answer = if returns_nothing { Answer::NOTHING } else { answer };
        let from = &self.nodes[node as usize];
        if let Some(&(_, edge)) = from.edges.iter().find(|(known, _)| *known == answer) {
            return edge;
        }
        let (thread, depth, mut twin) = (from.thread, from.depth + 1, from.twin.clone());
        let mut answers = self.answers(node);
        if !returns_nothing {
            answers.push(answer);
        }
        if let Some(twin) = &mut twin {
            twin.go_on((!returns_nothing).then_some(answer));
        }
        self.deepest = self.deepest.max(depth);
        let asked = self.account_after(Some((node, answer))).asked;
        let words = self.words(thread, asked as usize);
        let record = self.replay(thread, &answers, depth + AHEAD, &words);
        self.compare(node, &record);
        let edge = self.add(thread, Some((node, answer)), &answers, depth, record, twin);
        self.expect_same_with_alike(node, answer, edge);
        edge
    }

    /// Compares a replay with what was recorded on the way to `node`, and there.
    fn compare(&mut self, mut node: NodeId, record: &Record) {
        loop {
            let here = &self.nodes[node as usize];
            let expected = self.operation(node);
            if record.operations.get(here.depth) != Some(expected) || record.objects != self.created {
                self.trouble = Some(Trouble::NotDeterministic(expected.place));
            }
            match here.parent {
                Some((parent, _)) => node = parent,
                None => return,
            }
        }
    }

    /// Returns what the operations before a node returned.
    fn answers(&self, node: NodeId) -> Vec<Answer> {
        let mut answers = Vec::new();
        let mut at = self.nodes[node as usize].parent;
        while let Some((parent, answer)) = at {
            if !self.operation(parent).returns_nothing() {
                answers.push(answer);
            }
            at = self.nodes[parent as usize].parent;
        }
        answers.reverse();
        answers
    }

    /// Returns the next words of a thread's script after the first `asked`. With them, one replay answers several requests.
    fn words(&self, thread: usize, asked: usize) -> Vec<u64> {
        let script = self.subject.asked().and_then(|asked| asked.script(self.origins[thread].path));
        let left = script.and_then(|script| script.get(asked..)).unwrap_or_default();
        left.iter().take(MOST_WORDS).copied().collect()
    }

    /// Lets the thread at a node go on by itself, in this memory, for so many operations. `None` if it is not asked.
    pub fn alone(&self, node: NodeId, objects: &[Held], most: usize) -> Option<ByItself> {
        let Node { thread, depth, account, .. } = self.nodes[node as usize];
        let asked = self.subject.asked()?;
        let Origin { parts, stages, .. } = &self.origins[thread];
        let words = asked.script(self.origins[thread].path).and_then(|script| script.get(account.asked as usize..));
        let (answers, words) = (&self.answers(node)[..], words.unwrap_or_default());
        let request = Request { part: parts.start, answers, words, most: usize::MAX, stages };
        Some(asked.alone(&request, &Alone { before: depth, objects: objects.to_vec(), most }))
    }

    /// Runs a thread. Interchangeable threads all run, and must do the same. `words` are the next of its script.
    fn replay(&mut self, thread: usize, answers: &[Answer], most: usize, words: &[u64]) -> Record {
        let Origin { parts, stages, .. } = &self.origins[thread];
        let mut run = |part| {
            self.replays += 1;
            let record = match self.subject.asked() {
                Some(asked) => asked.replay(&Request { part, answers, words, most, stages }, &mut self.values),
                None => replay::replay(part, answers, most, stages, &mut self.values, self.subject),
            };
            for &(number, object) in &record.of_statics {
                // A static is there from the beginning. So the search begins again when it is known.
                if self.of_statics.insert(number, object).is_none() {
                    self.trouble.get_or_insert(Trouble::Mistaken);
                }
            }
            record
        };
        let record = run(parts.start);
        if parts.len() > 1 {
            // The numbers of children, and the order of what is returned, depend on the order of the threads.
            let has_a_place = record.operations.iter().any(|operation| operation.action == Action::Spawn)
                || matches!(&record.end, End::Finished(values) if !values.is_empty());
            if has_a_place || (parts.start + 1..parts.end).any(|part| run(part) != record) {
                let changed = first_difference(&record, &run(parts.start));
                self.unlike.insert(parts.start);
                self.trouble.get_or_insert(changed.map_or(Trouble::Mistaken, Trouble::NotDeterministic));
            }
        }
        record
    }

    /// Adds a node for each operation of `record` from `depth` on, and for the end. Returns the edge to the first.
    fn add(
        &mut self,
        thread: usize,
        mut parent: Option<(NodeId, Answer)>,
        answers: &[Answer],
        depth: usize,
        record: Record,
        mut twin: Option<Twin>,
    ) -> Edge {
        let end = match record.end {
            End::Enough => None,
            End::Finished(values) => Some(Next::Finished(values)),
            End::Panicked(message) => Some(Next::Panicked(message)),
            End::Unsupported(what) => Some(Next::Unsupported(what)),
        };
        let operations = record.operations.into_iter().skip(depth).map(Next::Operation);
        let mut answers = answers.to_vec();
        let mut first = None;
        for (number, next) in operations.chain(end).enumerate() {
            let depth = depth + number;
            let known = self.joined(thread, parent, &next, &answers, depth);
            let edge = known.unwrap_or(Edge { to: self.nodes.len() as NodeId, without_effect: 0 });
            if let Some((from, answer)) = parent {
                self.nodes[from as usize].edges.push((answer, edge));
            }
            first.get_or_insert(edge);
            if known.is_some() {
                if let (Some(twin), Next::Finished(_)) = (&twin, &next) {
                    self.expect_same(edge.to, twin.clone());
                }
                break;
            }
            if let Next::Operation(operation) = next
                && operation.sees_what_is_not_yet()
                && self.tried.insert(operation.object)
            {
                self.trouble.get_or_insert(Trouble::Mistaken);
            }
            let account = self.account_after(parent);
            let asks = matches!(next, Next::Operation(Operation { action: Action::Ask, .. }));
            self.nodes.push(Node { next, thread, parent, depth, edges: Vec::new(), twin: None, account });
            // What follows it in the record follows its word.
            let word = asks.then(|| Answer::value(self.word(edge.to)));
            if let Some(twin) = &mut twin {
                self.expect_same(edge.to, twin.clone());
                twin.go_on(word);
            }
            answers.extend(word);
            parent = Some((edge.to, word.unwrap_or(Answer::NOTHING)));
        }
        // Only a replay that differs from an earlier one does not come as far as that.
        first.unwrap_or_else(|| {
            let next = Next::Unsupported("it does not do the same when it runs again");
            let account = self.account_after(parent);
            self.nodes.push(Node { next, thread, parent, depth, edges: Vec::new(), twin: None, account });
            Edge { to: self.nodes.len() as NodeId - 1, without_effect: 0 }
        })
    }
}
