//! A check of the views: graphs with the same views must have the same steps.

use crate::explore::Shortcuts;
use crate::graph::Cpp20;
use crate::key::Key;
use crate::machine::{Machine, Successor};
use crate::operation::Answer;
use crate::program::Subject;
use crate::recorder::{Joining, Recorder};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the comparison of the steps of graphs has found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The number of execution graphs.
    pub graphs: usize,
    /// The number of views that they have.
    pub views: usize,
    /// The number of graphs whose steps are not those of another graph with the same views.
    pub different: usize,
}

/// What can follow a graph.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Follows {
    /// A step, by its thread's place, what it returns, and the views afterwards.
    Step(u8, Answer, Box<[u8]>),
    Race(u8),
    End(Vec<u64>),
    MayEnd(Vec<u64>),
    Panic(String),
    Bound,
}

/// Compares what can follow graphs with the same views, for all graphs of a program, or for the first `most`. It is for
/// tests. `None` if the program needs whole graphs.
#[doc(hidden)]
pub fn compare_steps(subject: &dyn Subject, most: usize, shortcuts: Shortcuts) -> Option<Comparison> {
    let [graphs, views] = [false, true].map(|views| Cpp20 { reduced: shortcuts.reduce, views });
    let mut recorder = Recorder::new(subject, Joining::None, shortcuts.symmetry);
    'begin: loop {
        let mut comparison = Comparison::default();
        let (mut known, mut after) = (HashSet::new(), HashMap::new());
        let (mut left, mut successors, mut key) = (vec![graphs.start(&recorder)], Vec::new(), Key::default());
        while let Some(graph) = left.pop() {
            key.clear();
            graphs.key(&recorder, &graph, &mut key);
            if comparison.graphs == most || !known.insert(key.bytes().to_vec()) {
                continue;
            }
            comparison.graphs += 1;
            graphs.expand(&mut recorder, &graph, &mut successors);
            if recorder.trouble.is_some() {
                recorder.begin();
                continue 'begin;
            }
            if recorder.needs_graphs {
                return None;
            }
            key.clear();
            let names = views.key(&recorder, &graph, &mut key);
            let own: Box<[u8]> = key.bytes().into();
            let mut follows = BTreeSet::new();
            for successor in successors.drain(..) {
                follows.insert(match successor {
                    Successor::State(step, next) => {
                        key.clear();
                        views.key(&recorder, &next, &mut key);
                        left.push(next);
                        Follows::Step(names.of(step.thread), step.answer, key.bytes().into())
                    }
                    Successor::Race(step, ..) => Follows::Race(names.of(step.thread)),
                    Successor::End { outcome, .. } => Follows::End(outcome),
                    Successor::MayEnd { outcome } => Follows::MayEnd(outcome),
                    Successor::Panic { message, .. } => Follows::Panic(message),
                    Successor::Bound(_) => Follows::Bound,
                });
            }
            match after.get(&own) {
                None => drop(after.insert(own, follows)),
                Some(before) => comparison.different += usize::from(*before != follows),
            }
        }
        return Some(Comparison { views: after.len(), ..comparison });
    }
}
