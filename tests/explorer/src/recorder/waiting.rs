//! Loops that wait: a round that changed nothing leads back to where it began.
//!
//! A thread's local variables are not visible. So that a loop waits is an assumption: the thread is about to do what it did a few
//! operations ago, and would do the same for [`ROUNDS`] rounds more if their operations returned the same. From then on the node has a
//! *twin*, the same thread one round later, which must do the same as long as both are explored. If it does not, the loop is marked
//! and the search begins again.

use super::{Edge, Joining, Next, NodeId, Recorder, Trouble};
use crate::operation::{Action, Answer, Operation, Place};

/// Rounds after which a loop in which nothing changes is assumed to go on for ever.
pub const ROUNDS: usize = 1000;

/// Operations in the longest round.
const LONGEST_ROUND: usize = 16;

/// Another history of a thread that must go on in the same way.
#[derive(Clone, Debug)]
pub struct Twin {
    answers: Vec<Answer>,
    depth: usize,
    /// The loop or the checkpoint because of which both are taken for the same.
    cause: Place,
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
        let Next::Operation(operation) = next else { return None };
        if self.joining == Joining::None {
            return None;
        }
        if self.apart.contains(&(self.origins[thread].part, operation.place)) {
            return None;
        }
        let edge = match operation.action {
            Action::Checkpoint(number) => match self.checkpoints.get(&(thread, number)) {
                Some(&to) => Edge { to, in_vain: 0 },
                None => {
                    self.checkpoints.insert((thread, number), self.nodes.len() as NodeId);
                    return None;
                }
            },
            _ => self.round_before(thread, parent, operation, answers)?,
        };
        self.expect_same(edge.to, Twin { answers: answers.to_vec(), depth, cause: operation.place });
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
        let (mut round, mut results) = (Vec::new(), Vec::new());
        let mut at = parent;
        while let Some((node, answer)) = at
            && round.len() < LONGEST_ROUND
        {
            let before = *self.operation(node);
            if !self.may_be_in_vain(&before, answer) {
                return None;
            }
            round.insert(0, before);
            if !before.returns_nothing() {
                results.insert(0, answer);
            }
            at = self.nodes[node as usize].parent;
            if before == *operation && !results.is_empty() {
                let start = self.nodes[node as usize].depth;
                let mut repeats = |rounds| self.repeats(thread, answers, &round, &results, start, rounds);
                if repeats(2) && repeats(ROUNDS) {
                    return Some(Edge { to: node, in_vain: round.len() as u32 });
                }
            }
        }
        None
    }

    /// Returns whether an operation can be part of a round that leads to nothing.
    fn may_be_in_vain(&self, operation: &Operation, answer: Answer) -> bool {
        match operation.action {
            Action::Create(_) | Action::Spawn | Action::Join(_) => false,
            _ if self.joining == Joining::AllLoops => true,
            // Where events are kept, one that reads plain memory may race with a later write.
            Action::Read => false,
            _ => operation.changes_nothing(answer),
        }
    }

    /// Returns whether the thread does the round that began at `start` that many times more, if it gets the same answers.
    fn repeats(
        &mut self,
        thread: usize,
        answers: &[Answer],
        round: &[Operation],
        results: &[Answer],
        start: usize,
        rounds: usize,
    ) -> bool {
        let mut fed = answers.to_vec();
        fed.extend(results.iter().cycle().take(results.len() * rounds));
        let last = start + round.len() * (rounds + 1);
        let operations = self.replay(thread, &fed, last + super::AHEAD).operations;
        operations.len() > last
            && operations[start..=last].iter().zip(round.iter().cycle()).all(|(done, expected)| done == expected)
    }

    /// Checks that a node's thread does the same with the twin's history, there and wherever the node leads.
    pub(super) fn expect_same(&mut self, node: NodeId, twin: Twin) {
        let here = &self.nodes[node as usize];
        if here.twin.is_some() {
            return;
        }
        let thread = here.thread;
        let record = self.replay(thread, &twin.answers, twin.depth + 1);
        let same = match self.next(node) {
            Next::Operation(operation) => record.operations.get(twin.depth) == Some(operation),
            Next::Finished(values) => record.end == super::End::Finished(values.clone()),
            Next::Panicked(message) => record.end == super::End::Panicked(message.clone()),
            Next::Unsupported(what) => record.end == super::End::Unsupported(what),
        };
        if !same {
            self.apart.insert((self.origins[thread].part, twin.cause));
            self.trouble.get_or_insert(Trouble::Mistaken);
            return;
        }
        let returns_nothing = matches!(self.next(node), Next::Operation(operation) if operation.returns_nothing());
        self.nodes[node as usize].twin = Some(twin.clone());
        for (answer, edge) in self.nodes[node as usize].edges.clone() {
            if edge.in_vain == 0 {
                let mut twin = twin.clone();
                twin.go_on((!returns_nothing).then_some(answer));
                self.expect_same(edge.to, twin);
            }
        }
    }
}
