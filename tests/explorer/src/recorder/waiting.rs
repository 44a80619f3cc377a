//! Loops that wait: a round that changed nothing leads back to where it began.
//!
//! A thread's local variables are not visible. So that a loop waits is an assumption: the thread is about to do what it
//! did a few operations ago, and would do the same for [`ROUNDS`] rounds more if their operations returned the same.
//! From then on the node has a *twin*, the same thread one round later, which must do the same as long as both are
//! explored. If it does not, the loop is marked and the search begins again.

use super::{Account, Edge, Joining, Next, NodeId, Recorder, Trouble};
use crate::operation::{Action, Answer, Operation, Place};
use std::collections::VecDeque;
use std::{iter, mem};

/// Rounds after which a loop in which nothing changes is assumed to go on for ever.
pub const ROUNDS: usize = 1000;

/// Operations in the longest round.
const LONGEST_ROUND: usize = 16;

/// Operations for which a loop must go on before it is called one that never ends.
const MANY_OPERATIONS: usize = 50_000;

/// A round of a loop.
#[derive(Debug)]
pub struct Round {
    thread: usize,
    /// The answers of the thread's operations, this round included.
    answers: Vec<Answer>,
    operations: VecDeque<Operation>,
    results: VecDeque<Answer>,
    /// The number of the thread's operations before the round.
    start: usize,
}

/// Another history of a thread that must go on in the same way.
#[derive(Clone, Debug)]
pub struct Twin {
    answers: Vec<Answer>,
    depth: usize,
    /// The loop or the checkpoint because of which both are taken for the same, as a part of the program and a place.
    cause: (usize, Place),
}

impl Twin {
    /// Goes past one operation, which returned `answer` if it returns something.
    pub fn go_on(&mut self, answer: Option<Answer>) {
        self.answers.extend(answer);
        self.depth += 1;
    }
}

impl Recorder<'_> {
    /// Returns the edge to an older node if the thread is there again.
    pub(super) fn joined(
        &mut self,
        thread: usize,
        parent: Option<(NodeId, Answer)>,
        next: &Next,
        answers: &[Answer],
        depth: usize,
    ) -> Option<Edge> {
        let operation = match next {
            Next::Operation(operation) => operation,
            // What a thread did before it ended does not matter any more.
            Next::Finished(_) if self.is_asked() => return None,
            Next::Finished(values) => {
                let new = self.nodes.len() as NodeId;
                let to = *self.ends.entry((thread, values.clone())).or_insert(new);
                return (to != new).then_some(Edge { to, without_effect: 0 });
            }
            _ => return None,
        };
        if self.joining == Joining::None {
            return None;
        }
        if self.apart.contains(&(self.origins[thread].parts.start, operation.place)) {
            return None;
        }
        let edge = match operation.action {
            Action::Checkpoint(number) => match self.checkpoints.get(&(thread, number)) {
                Some(&to) => Edge { to, without_effect: 0 },
                None => {
                    self.checkpoints.insert((thread, number), self.nodes.len() as NodeId);
                    return None;
                }
            },
            _ => self.round_before(thread, parent, operation, answers)?,
        };
        // A round that counts for what is told is not one that waits. Whether a call begins with it does not matter: the call
        // could as well begin with the next round.
        let account = self.account_after(parent);
        if (Account { is_fresh: self.account(edge.to).is_fresh, ..account }) != self.account(edge.to) {
            return None;
        }
        let cause = (self.origins[thread].parts.start, operation.place);
        self.expect_same(edge.to, Twin { answers: answers.to_vec(), depth, cause });
        Some(edge)
    }

    /// Returns the edge to the start of the round, if a round has just ended that can go on for ever.
    fn round_before(
        &mut self,
        thread: usize,
        parent: Option<(NodeId, Answer)>,
        operation: &Operation,
        answers: &[Answer],
    ) -> Option<Edge> {
        let (operations, results) = (VecDeque::new(), VecDeque::new());
        let mut round = Round { thread, answers: answers.to_vec(), operations, results, start: 0 };
        let mut at = parent;
        while let Some((node, answer)) = at
            && round.operations.len() < LONGEST_ROUND
        {
            let before = *self.operation(node);
            if !self.may_be_in_vain(&before, answer) {
                return None;
            }
            round.operations.push_front(before);
            if !before.returns_nothing() {
                round.results.push_front(answer);
            }
            at = self.nodes[node as usize].parent;
            round.start = self.nodes[node as usize].depth;
            let is_back = before == *operation && !round.results.is_empty();
            if is_back && self.repeats(&round, 2) && self.repeats(&round, ROUNDS) {
                let without_effect = round.operations.len() as u32;
                self.rounds.push((node, round));
                return Some(Edge { to: node, without_effect });
            }
        }
        None
    }

    /// Returns whether an operation can be part of a round that leads to nothing.
    fn may_be_in_vain(&self, operation: &Operation, answer: Answer) -> bool {
        match operation.action {
            Action::Create(_) | Action::Spawn | Action::Join(_) => false,
            // A round with a word of a script, or with work, is not one that waits.
            Action::Ask | Action::Tell(_) | Action::Work(_) => false,
            _ if self.joining == Joining::AllLoops => true,
            // Where events are kept, one that reads plain memory may race with a later write.
            Action::Read => false,
            _ => operation.changes_nothing(answer),
        }
    }

    /// Returns whether the thread does a round that many times more, if it gets the same answers.
    fn repeats(&mut self, round: &Round, rounds: usize) -> bool {
        let Round { thread, answers, operations, results, start } = round;
        let mut fed = answers.clone();
        fed.extend(results.iter().cycle().take(results.len() * rounds));
        let last = start + operations.len() * (rounds + 1);
        let done = self.replay(*thread, &fed, last + super::AHEAD, &[], true).operations;
        done.len() > last
            && done[*start..=last].iter().zip(operations.iter().cycle()).all(|(done, round)| done == round)
    }

    fn has_ended(&self, node: NodeId) -> bool {
        matches!(self.next(node), Next::Finished(_))
    }

    /// Returns the place of a loop in which one of the threads waits, if the loop ends by itself after many more
    /// rounds.
    pub fn loop_that_ends(&mut self, at: &[NodeId]) -> Option<Place> {
        let rounds = mem::take(&mut self.rounds);
        let waits_in = |node: NodeId, head: NodeId, length: usize| {
            let up = |&node: &NodeId| self.nodes[node as usize].parent.map(|(parent, _)| parent);
            iter::successors(Some(node), up).take(length).any(|before| before == head)
        };
        let is_waited_in = |(head, round): &&(NodeId, Round)| {
            at.iter().any(|&node| !self.has_ended(node) && waits_in(node, *head, round.operations.len()))
        };
        let waited_in: Vec<&(NodeId, Round)> = rounds.iter().filter(is_waited_in).collect();
        let ends = |(_, round): &&(NodeId, Round)| !self.repeats(round, MANY_OPERATIONS / round.operations.len());
        let found = waited_in.into_iter().find(ends).map(|(_, round)| round.operations[0].place);
        self.rounds = rounds;
        found
    }

    /// Checks that a node's thread does the same with the twin's history, there and wherever the node leads.
    pub(super) fn expect_same(&mut self, node: NodeId, twin: Twin) {
        let here = &self.nodes[node as usize];
        if here.twin.is_some() || !self.checks_rounds {
            return;
        }
        let thread = here.thread;
        let record = self.replay(thread, &twin.answers, twin.depth + 1, &[], true);
        let mut alike = None;
        let same = match self.next(node) {
            Next::Operation(operation) => record.operations.get(twin.depth).is_some_and(|other| {
                alike = operation.hands_over().zip(other.hands_over());
                alike.map_or(*other, |(number, _)| other.handing_over(number)) == *operation
            }),
            Next::Finished(values) if self.origins[thread].stages.is_empty() => {
                record.end == super::End::Finished(values.clone())
            }
            Next::Finished(values) => match record.end {
                super::End::Finished(other) => {
                    alike = values.first().copied().zip(other.first().copied());
                    true
                }
                _ => false,
            },
            Next::Panicked(message) => record.end == super::End::Panicked(message.clone()),
            Next::Unsupported(what) => record.end == super::End::Unsupported(what),
        };
        // Values that are made are taken for the same, and those who get them must do the same with either.
        let values = &self.values;
        let same = same && alike.is_none_or(|(one, two)| one == two || values.is_made(one) && values.is_made(two));
        if !same {
            self.apart.insert(twin.cause);
            self.trouble.get_or_insert(Trouble::Mistaken);
            return;
        }
        // Many histories end at one node, and each has its own twin.
        if self.has_ended(node) {
            return;
        }
        let returns_nothing = matches!(self.next(node), Next::Operation(operation) if operation.returns_nothing());
        self.nodes[node as usize].twin = Some(twin.clone());
        for (answer, edge) in self.nodes[node as usize].edges.clone() {
            if edge.without_effect == 0 {
                let mut twin = twin.clone();
                twin.go_on((!returns_nothing).then_some(answer));
                self.expect_same(edge.to, twin);
            }
        }
        if let Some((one, two)) = alike
            && one != two
            && !self.values.alike.contains_key(&one)
        {
            self.values.alike.insert(one, (two, twin.cause));
            for node in 0..self.nodes.len() as NodeId {
                for (answer, edge) in self.nodes[node as usize].edges.clone() {
                    self.expect_same_with_alike(node, answer, edge);
                }
            }
        }
    }

    /// If the answer is a value for which another one is taken for the same, checks that the thread does the same with
    /// that.
    pub(super) fn expect_same_with_alike(&mut self, node: NodeId, answer: Answer, edge: Edge) {
        let Next::Operation(operation) = self.next(node) else { return };
        let number = operation.gets(answer);
        if let Some(&(other, cause)) = number.and_then(|number| self.values.alike.get(&number))
            && edge.without_effect == 0
        {
            let other = operation.getting(other, answer);
            let mut answers = self.answers(node);
            answers.push(other);
            self.expect_same(edge.to, Twin { answers, depth: self.nodes[node as usize].depth + 1, cause });
        }
    }
}
