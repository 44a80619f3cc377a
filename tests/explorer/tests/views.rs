//! Views: execution graphs with the same future as one state. They must find what whole graphs find.

use crate::litmus::rows;
use crate::random::{Instruction, Kinds, Random, group, main, program};
use crate::shortcuts::programs;
use explorer::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use explorer::sync::atomic::{AtomicU64, fence};
use explorer::sync::thread;
use explorer::{
    Bounds, Comparison, Main, Memory, Program, Report, Shortcuts, StateKind, Subject, Verdict, compare_steps,
    explore_with,
};
use model::size::Size;
use model::subjects;
use std::fmt::Debug;

/// Views alone, and whole graphs alone.
const VIEWS: Shortcuts = Shortcuts { reduce: true, join_loops: true, symmetry: true, graphs: 0 };
const GRAPHS: Shortcuts = Shortcuts { graphs: usize::MAX, ..VIEWS };

/// Outcomes, and the kinds of problems.
fn summary(report: &Report) -> (Vec<Vec<u64>>, [bool; 3]) {
    (report.finals(), [report.race().is_some(), report.panic().is_some(), report.hang().is_some()])
}

/// The comparisons of some programs.
#[derive(Default, Debug)]
struct Compared {
    programs: usize,
    /// Programs with fewer views than graphs.
    fewer: usize,
    steps: Comparison,
}

impl Compared {
    /// Compares what views and graphs find. Programs with too many graphs are left out.
    fn add(&mut self, subject: &dyn Subject, context: &dyn Debug) {
        let bounds = Bounds { states: 30_000, ..Bounds::default() };
        let [views, graphs] = [VIEWS, GRAPHS].map(|shortcuts| explore_with(subject, Memory::Cpp20, &bounds, shortcuts));
        if graphs.bound.is_some() {
            return;
        }
        assert_eq!((views.state_kind, graphs.state_kind), (StateKind::View, StateKind::Graph), "{context:?}");
        assert_eq!(summary(&views), summary(&graphs), "{context:?}");
        assert_eq!(views.bound, None, "{context:?}");
        self.programs += 1;
        self.fewer += usize::from(views.states < graphs.states);
    }

    /// Compares what can follow graphs with the same views.
    fn add_steps(&mut self, subject: &dyn Subject, reduce: bool, context: &dyn Debug) {
        let shortcuts = Shortcuts { reduce, ..VIEWS };
        let found = compare_steps(subject, 10_000, shortcuts).expect("views say everything of this program");
        assert_eq!(found.different, 0, "{context:?}");
        self.steps.graphs += found.graphs;
        self.steps.views += found.views;
    }
}

#[test]
fn views_find_what_graphs_find_in_random_programs() {
    let (mut random, mut compared) = (Random(0x1234_5678_9abc_def1), Compared::default());
    for _ in 0..2_000 {
        let threads = if random.below(3) == 0 { random.writers_and_reader() } else { random.threads(7) };
        compared.add(&program(&threads), &threads);
    }
    assert!(compared.programs > 1_900 && compared.fewer > 800, "{compared:?}");
}

/// A thread that starts others, as the children's code and the parts of its own.
type Starting = (Vec<Vec<Instruction>>, [Vec<Instruction>; 4]);

fn random_main(random: &mut Random) -> Starting {
    if random.below(2) == 0 {
        let kinds = Kinds::random(random);
        let child = random.instructions(kinds, 3);
        return (vec![child], std::array::from_fn(|part| random.instructions(kinds, [1, 1, 2, 2][part])));
    }
    // The first child parks between its loads, and another one stores.
    let park = vec![Instruction::Park];
    let parking = match random.below(2) {
        0 => [random.loads(1), park, random.loads(2)].concat(),
        _ => [park.clone(), random.loads(1), park].concat(),
    };
    (vec![parking, random.stores(3)], std::array::from_fn(|part| random.loads([0, 1, 1, 0][part])))
}

#[test]
fn views_find_what_graphs_find_where_threads_start_threads() {
    let (mut random, mut compared) = (Random(0x4567_89ab_cdef_1234), Compared::default());
    for _ in 0..500 {
        let (children, parts) = random_main(&mut random);
        compared.add(&main(&children, &parts), &(children, parts));
    }
    assert!(compared.programs > 450 && compared.fewer > 100, "{compared:?}");
}

#[test]
fn views_find_what_graphs_find_in_random_loops() {
    let (mut random, mut compared) = (Random(0x2345_6789_abcd_ef12), Compared::default());
    for _ in 0..400 {
        let kinds = Kinds::random(&mut random);
        let (count, length) = (2 + random.below(2) as usize, 1 + random.below(3));
        let instructions = random.instructions(kinds, length);
        compared.add(&group(count, 2, &instructions, &[]), &instructions);
    }
    assert!(compared.programs > 300 && compared.fewer > 200, "{compared:?}");
}

#[test]
fn views_find_what_graphs_find_in_counters() {
    let mut compared = Compared::default();
    for counter in subjects::all() {
        for [threads, increments] in [[2, 1], [2, 2], [2, 3], [3, 1], [3, 2]] {
            let size = Size::new(threads, increments as u64);
            compared.add(&(counter.program)(size), &(counter.variant, size));
        }
    }
    assert!(compared.programs >= 55 && compared.fewer > 25, "{compared:?}");
}

#[test]
fn views_find_what_graphs_find_in_litmus_tests() {
    let mut compared = Compared::default();
    for (test, strength, program) in rows() {
        if format!("{:?}", program.threads).contains("SeqCst") {
            continue;
        }
        compared.add(&model::litmus::program(&program), &(test.name, strength));
        compared.add_steps(&model::litmus::program(&program), false, &(test.name, strength));
    }
    assert!(compared.programs >= 25 && compared.steps.views < compared.steps.graphs, "{compared:?}");
}

#[test]
fn graphs_with_the_same_views_have_the_same_steps() {
    let (mut random, mut compared) = (Random(0x3456_789a_bcde_f123), Compared::default());
    for number in 0..500 {
        let threads = match number % 4 {
            0 => random.writers_and_reader(),
            1 => random.reader_of_plain_memory(),
            _ => random.threads(7),
        };
        compared.add_steps(&program(&threads), number % 8 < 4, &threads);
        let (children, parts) = random_main(&mut random);
        compared.add_steps(&main(&children, &parts), number % 4 == 0, &(children, parts));
    }
    assert!(compared.steps.views * 5 < compared.steps.graphs * 4, "{compared:?}");
}

/// A reader sees one of three equal flags and then another. Only the first thread has stored data before its flag, and
/// only what the reader's acquire fence will add says whether one of the flags was that one.
fn equal_flags() -> Program<[AtomicU64; 2]> {
    Program::new(<[AtomicU64; 2]>::default)
        .thread(|[data, flag]| {
            data.store(1, Relaxed);
            fence(Release);
            flag.store(1, Relaxed);
        })
        .thread(|[_, flag]| flag.store(1, Relaxed))
        .thread(|[_, flag]| flag.store(1, Relaxed))
        .thread(|[data, flag]| {
            let seen = [flag.load(Relaxed), flag.load(Relaxed)];
            fence(Acquire);
            [seen[0], seen[1], data.load(Relaxed)]
        })
}

#[test]
fn what_an_acquire_fence_will_add_is_part_of_a_view() {
    let mut compared = Compared::default();
    compared.add(&equal_flags(), &"equal flags");
    compared.add_steps(&equal_flags(), true, &"equal flags");
    assert!(compared.programs == 1 && compared.steps.views < compared.steps.graphs, "{compared:?}");
}

/// Two threads that each store and then load what the other stores.
fn buffering(ordering: explorer::Ordering) -> Program<[AtomicU64; 2]> {
    Program::new(<[AtomicU64; 2]>::default)
        .thread(move |[x, y]| {
            x.store(1, ordering);
            y.load(ordering)
        })
        .thread(move |[x, y]| {
            y.store(1, ordering);
            x.load(ordering)
        })
}

#[test]
fn programs_with_seqcst_are_explored_by_graphs() {
    for (name, subject) in programs() {
        let [views, graphs] =
            [VIEWS, GRAPHS].map(|shortcuts| explore_with(&*subject, Memory::Cpp20, &Bounds::default(), shortcuts));
        assert_eq!(summary(&views), summary(&graphs), "{name}");
        let is_sequential = ["spawning", "fences"].contains(&name);
        assert_eq!(views.state_kind == StateKind::Graph, is_sequential, "{name}");
        assert_eq!(compare_steps(&*subject, 10_000, VIEWS).is_none(), is_sequential, "{name}");
    }
    let explore = |ordering| explore_with(&buffering(ordering), Memory::Cpp20, &Bounds::default(), VIEWS);
    assert!(explore(Relaxed).finals().contains(&vec![0, 0]) && !explore(SeqCst).finals().contains(&vec![0, 0]));
    let failing = Program::new(AtomicU64::default)
        .threads(2, |x, _| x.compare_exchange(1, 1, Relaxed, SeqCst).unwrap_or_else(|now| now));
    assert_eq!(explore_with(&failing, Memory::Cpp20, &Bounds::default(), VIEWS).state_kind, StateKind::Graph);
}

/// A thread reads an atomic as if it were plain memory, after another thread has stored to it and ended or not.
fn takes_out(joins: bool) -> Main {
    Main::new(move || {
        let (x, y) = (AtomicU64::new(0), AtomicU64::new(0));
        let y = &y;
        thread::scope(|scope| {
            let child = scope.spawn(|| {
                x.store(1, Relaxed);
                x.store(2, Relaxed);
                y.store(1, Relaxed);
            });
            if joins {
                child.join().unwrap();
            } else {
                while y.load(Relaxed) == 0 {}
            }
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { std::ptr::read(&raw const x) }.into_inner()
        })
    })
}

#[test]
fn programs_that_read_an_atomic_as_plain_memory_are_explored_by_graphs() {
    for (joins, verdict) in [(true, Verdict::NothingFound), (false, Verdict::Found)] {
        let report = explore_with(&takes_out(joins), Memory::Cpp20, &Bounds::default(), VIEWS);
        assert_eq!((report.verdict(), report.state_kind), (verdict, StateKind::Graph));
    }
}
