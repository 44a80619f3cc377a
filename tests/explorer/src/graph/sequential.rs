//! The order of `SeqCst` operations: RC11's partial order `psc` (Lahav, Vafeiadis, Kang, Hur, Dreyer, PLDI 2017,
//! section 3).

use super::event::{Event, EventId, Graph};
use crate::object::ThreadId;
use crate::operation::NO_OBJECT;

/// A set of events, one bit each. The events of a thread are neighbours, in their order.
type Row = u128;

/// The largest number of events of an execution, so that a set of them fits into a [`Row`].
pub const MOST_EVENTS: usize = 120;

fn members(mut row: Row) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let member = (row != 0).then(|| row.trailing_zeros() as usize);
        row &= row.wrapping_sub(1);
        member
    })
}

/// Returns the union of the rows of all members.
fn through(row: Row, rows: &[Row]) -> Row {
    members(row).fold(0, |all, member| all | rows[member])
}

/// Relations, as for each event the set of all that come before it. Their names are those of the paper.
struct Relations<'g> {
    events: Vec<&'g Event>,
    sb: Vec<Row>,
    hb: Vec<Row>,
    /// All events of the same location.
    here: Vec<Row>,
    /// The place in the modification order of what an event writes, and of what it reads.
    written: Vec<Option<usize>>,
    read: Vec<Option<usize>>,
}

impl<'g> Relations<'g> {
    fn new(graph: &'g Graph) -> Self {
        let mut starts = Vec::new();
        let mut events: Vec<&Event> = Vec::new();
        for own in &graph.events {
            starts.push(events.len());
            events.extend(own.iter().map(|event| &**event));
        }
        let size = events.len();
        let first = |thread: usize, count: usize| (((1 as Row) << count) - 1) << starts[thread];
        let mut places = vec![0; graph.orders.len()];
        let mut relations =
            Self { events, sb: vec![], hb: vec![], here: vec![], written: vec![None; size], read: vec![None; size] };
        for (thread, own) in graph.events.iter().enumerate() {
            for (number, event) in own.iter().enumerate() {
                let index = starts[thread] + number;
                relations.sb.push(first(thread, number));
                let before = (0..starts.len()).fold(0, |row, other| row | first(other, event.now[other] as usize));
                relations.hb.push(before & !(1 << index));
                if event.object == NO_OBJECT {
                    continue;
                }
                places[event.object as usize] |= (1 as Row) << index;
                if graph.shared.held[event.object as usize].is_memory() {
                    let own = EventId::new(thread as ThreadId, number);
                    relations.written[index] = event.writes.map(|_| graph.position(event.object, own));
                    relations.read[index] = event.source.map(|source| graph.position(event.object, source));
                }
            }
        }
        let here = |event: &&Event| if event.object == NO_OBJECT { 0 } else { places[event.object as usize] };
        relations.here = relations.events.iter().map(here).collect();
        relations
    }

    fn select(&self, keep: impl Fn(&Event) -> bool) -> Row {
        let bit = |index: usize| Row::from(keep(self.events[index])) << index;
        (0..self.events.len()).fold(0, |row, index| row | bit(index))
    }

    /// Returns `mo | rb` and `rf | mo | rb | mo;rf | rb;rf`, that is `eco`.
    fn communication(&self) -> (Vec<Row>, Vec<Row>) {
        let less = |one: Option<usize>, two: Option<usize>| one.zip(two).is_some_and(|(one, two)| one < two);
        let (written, read) = (&self.written, &self.read);
        let (mut overtaken, mut eco) = (Vec::new(), Vec::new());
        for b in 0..self.events.len() {
            let others = self.here[b] & !(1 << b);
            let is_overtaken = |&a: &usize| less(written[a], written[b]) || less(read[a], written[b]);
            let is_read = |&a: &usize| {
                written[a].is_some() && (less(written[a], read[b]) || written[a] == read[b]) || less(read[a], read[b])
            };
            let row = members(others).filter(is_overtaken).fold(0, |row, a| row | (1 as Row) << a);
            overtaken.push(row);
            eco.push(members(others).filter(is_read).fold(row, |row, a| row | (1 as Row) << a));
        }
        (overtaken, eco)
    }
}

/// Returns whether `psc` has no cycle. `added` says whether the newest event is `SeqCst`.
pub fn is_ordered(graph: &Graph, added: bool) -> bool {
    let sequential = || graph.events.iter().flat_map(|events| events.iter()).filter(|event| event.is_sequential);
    // Without fences the order relates accesses directly, so that one which is not `SeqCst` adds nothing.
    let can_matter = added || sequential().any(|event| event.object == NO_OBJECT);
    if !can_matter || sequential().nth(1).is_none() {
        return true;
    }
    let relations = Relations::new(graph);
    let Relations { sb, hb, here, .. } = &relations;
    let (overtaken, eco) = relations.communication();
    let elsewhere: Vec<Row> = sb.iter().zip(here).map(|(sb, here)| sb & !here).collect();
    let scb: Vec<Row> = (0..sb.len())
        .map(|b| sb[b] | hb[b] & here[b] | overtaken[b] | through(through(elsewhere[b], hb), &elsewhere))
        .collect();
    let accesses = relations.select(|event| event.is_sequential && event.object != NO_OBJECT);
    let fences = relations.select(|event| event.is_sequential && event.object == NO_OBJECT);
    let psc: Vec<Row> = (0..sb.len())
        .map(|b| {
            let is_fence = fences >> b & 1 == 1;
            let ends = 1 << b | if is_fence { hb[b] } else { 0 };
            let reached = through(ends, &scb);
            let base = reached & accesses | (reached | through(reached, hb)) & fences;
            let between_fences = (hb[b] | through(through(hb[b], &eco), hb)) & fences;
            base | if is_fence { between_fences } else { 0 }
        })
        .collect();
    let mut left = accesses | fences;
    while let Some(first) = members(left).find(|&b| psc[b] & left == 0) {
        left &= !(1 << first);
    }
    left == 0
}
