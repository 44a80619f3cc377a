//! Lists the rows: one for each kernel of the labs and of the peers.

use super::board::{Board, Expected, Row};
use super::peers::Peer;
use crate::{atomic, heavy, mutex, naive, overhead, shared};
use common::shared_memory::SharedMemory;
use common::sync::Counter;
use common::timing::Sample;
use common::{Error, counter, pin::Pin};
use rayon::{ThreadPool, prelude::*};
use std::cell::{Cell, RefCell};
use std::hint::black_box;

/// The most elements of a rayon task: a megabyte, which is long enough according to `lab-overhead`.
const RAYON_CHUNK: usize = 1 << 20;

/// The data of all kernels.
pub struct Data {
    /// The integers to sum.
    pub integers: Vec<i64>,
    /// The same integers in memory that processes share.
    pub shared: SharedMemory,
    /// The doubles for the sum of x*x + sin x.
    pub doubles: Vec<f64>,
    /// The increments that each thread adds to a counter.
    pub increments: u64,
    /// The steps of arithmetic in a run of the calibration.
    pub steps: u64,
    /// The numbers of threads of parallel rows: two, and the number of CPUs.
    pub threads: Vec<usize>,
    /// One rayon pool for each number of threads.
    pub pools: Vec<ThreadPool>,
}

impl Data {
    fn sum(&self) -> Expected {
        Expected { value: naive::sums::sequential(&self.integers) as f64, tolerance: 0.0 }
    }

    fn heavy_sum(&self) -> Expected {
        // Rounding errors grow with the square root of their number; see `lab-heavy`.
        let tolerance = 1e-15 * (self.doubles.len() as f64).sqrt();
        Expected { value: heavy::sums::sequential(&self.doubles), tolerance }
    }
}

/// Arithmetic that needs no memory, so two real CPUs do it twice as fast as one.
struct Arithmetic;

impl Counter for Arithmetic {
    fn increment(&self, thread: usize) {
        self.add_many(thread, 1);
    }

    fn add_many(&self, thread: usize, increments: u64) {
        // Each step needs the last one (Marsaglia, "Xorshift RNGs", 2003), so the compiler cannot shorten the loop.
        let step = |mut x: u64, _| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^ x << 17
        };
        black_box((0..increments).fold(thread as u64 + 1, step));
    }

    fn value(&self) -> u64 {
        0
    }
}

/// Adds one pinned thread of arithmetic, and one for each CPU that the parallel rows use.
pub fn calibration<'a>(mut board: Board<'a>, data: &'a Data, pin: &'a Pin) -> Board<'a> {
    let steps = data.steps;
    for threads in [1].into_iter().chain(data.threads.iter().copied()) {
        let label = "pinned threads, no memory";
        let row = Row { units: steps as f64 * threads as f64, ..rust("calibration", "arithmetic", label, threads) };
        let nothing = Expected { value: 0.0, tolerance: 0.0 };
        board = board.add(row, nothing, move || Ok(counted(counter::in_threads(&Arithmetic, threads, steps, pin))));
    }
    board
}

/// Adds the labs' sums of integers.
pub fn sums<'a>(board: Board<'a>, data: &'a Data, pin: &'a Pin) -> Board<'a> {
    let (array, expected) = (&data.integers[..], data.sum());
    let mut add = Adder { board: Some(board), group: "sum", expected };
    add.row("sequential", "iter().sum()", 1, || timed(|| naive::sums::sequential(array)));
    add.row("streams", "four streams", 1, || timed(|| naive::streams::streams(array)));
    for (&threads, pool) in data.threads.iter().zip(&data.pools) {
        add.row("streams-threads", "four streams, in pieces for threads", threads, move || {
            integer(naive::streams::streams_threads(array, threads, pin))
        });
        add.row("thread-borrow", "scoped threads", threads, move || {
            integer(naive::sums::thread_borrow(array, threads, pin))
        });
        add.row("threads", "scoped threads, fewest pieces", threads, move || {
            timed(|| overhead::sums::threads(array, threads, pin))
        });
        add.row("rayon", "rayon par_chunks(1 << 20)", threads, move || {
            timed(|| overhead::sums::rayon(array, RAYON_CHUNK, pool))
        });
        add.row("rayon-plain", "rayon par_iter().sum()", threads, move || {
            timed(|| pool.install(|| array.par_iter().sum::<i64>()))
        });
    }
    add.board()
}

/// Adds the labs' sums of doubles, each with a sine.
pub fn heavy<'a>(board: Board<'a>, data: &'a Data, pin: &'a Pin) -> Board<'a> {
    let (array, expected) = (&data.doubles[..], data.heavy_sum());
    let mut add = Adder { board: Some(board), group: "heavy", expected };
    add.row("sequential", "the library's sine", 1, || Sample::of(|| heavy::sums::sequential(array)));
    add.row("vectorized", "a polynomial, vectorised", 1, || Sample::of(|| heavy::sums::vectorized(array)));
    for &threads in &data.threads {
        add.row("threads", "the library's, scoped threads", threads, move || heavy::sums::threads(array, threads, pin));
        add.row("vectorized-threads", "a polynomial, scoped threads", threads, move || {
            heavy::sums::vectorized_threads(array, threads, pin)
        });
    }
    add.board()
}

/// Adds one core, threads, and worker processes that map the same memory, as in `lab-shm`. Each crew runs twice; the
/// time of the second run is stored for its own row.
pub fn shared_memory<'a>(mut board: Board<'a>, data: &'a Data, pin: &'a Pin, warm: &'a Cell<Warm>) -> Board<'a> {
    let mut add = Adder { board: Some(board), group: "shared-memory", expected: data.sum() };
    // SAFETY: it was filled before any row runs, and no thread of any process writes to it any more.
    let array = unsafe { data.shared.integers() };
    add.row("sequential", "iter().sum() over the shared memory", 1, || timed(|| shared::sums::sequential(array)));
    add.row("thread-borrow", "scoped threads over it", 2, || integer(shared::sums::thread_borrow(array, 2, pin)));
    board = add.board();
    let row = |kernel, label| rust("shared-memory", kernel, label, 2);
    board = board.add(row("process-shared", "processes, started and ended"), data.sum(), move || {
        let crew = shared::sums::process_shared(&data.shared, data.integers.len(), 2, pin)?;
        warm.set(Some((crew.warm.value, crew.warm.seconds)));
        Ok(integer(crew.cold))
    });
    board.add(row("process-shared-warm", "the same processes, asked again"), data.sum(), move || {
        let (value, seconds) = warm.get().expect("the row before has just run");
        Ok(Sample { value: value as f64, seconds, phases: Vec::new(), bytes_copied: None })
    })
}

/// The second answer of a crew: its sum, and its time in seconds.
pub type Warm = Option<(i64, f64)>;

/// Adds the labs' counters, in pinned threads.
pub fn counters<'a>(mut board: Board<'a>, data: &'a Data, pin: &'a Pin) -> Board<'a> {
    for threads in [1, 2] {
        board = threads_count(board, data, pin, threads, "fetch-add", "one atomic for all", atomic::FetchAdd::default);
        board = threads_count(board, data, pin, threads, "adjacent", "an atomic each, one cache line", move || {
            atomic::Adjacent::for_threads(threads)
        });
        board = threads_count(board, data, pin, threads, "padded", "an atomic and a cache line each", move || {
            atomic::Padded::for_threads(threads)
        });
        board =
            threads_count(board, data, pin, threads, "local", "count alone, add once", atomic::LocalThenAdd::default);
        board = threads_count(board, data, pin, threads, "std-mutex", "std::sync::Mutex", mutex::StdMutex::default);
        board =
            threads_count(board, data, pin, threads, "parking-lot", "parking_lot::Mutex", mutex::ParkingLot::default);
    }
    board
}

fn threads_count<'a, C: Counter>(
    board: Board<'a>,
    data: &'a Data,
    pin: &'a Pin,
    threads: usize,
    kernel: &'static str,
    label: &'static str,
    new: impl Fn() -> C + 'a,
) -> Board<'a> {
    let all = data.increments as f64 * threads as f64;
    let row = Row { units: all, ..rust("counters", kernel, label, threads) };
    board.add(row, Expected { value: all, tolerance: 0.0 }, move || {
        Ok(counted(counter::in_threads(&new(), threads, data.increments, pin)))
    })
}

/// A kernel of a peer: peer, group, name, label, whether it is parallel, and whether it is run twice so that the second
/// run counts, like our kernels. A kernel that takes a second runs only once.
type Theirs = (&'static str, &'static str, &'static str, &'static str, bool, bool);
const THEIRS: [Theirs; 14] = [
    ("c", "sum", "loop", "plain loop", false, true),
    ("c", "sum", "accumulators", "8 vector accumulators", false, true),
    ("c", "sum", "streams", "4 streams", false, true),
    ("c", "sum", "streams-ahead", "4 streams, prefetched", false, true),
    ("c", "sum", "openmp", "OpenMP, plain loop", true, true),
    ("c", "sum", "openmp-accumulators", "OpenMP, 8 vector accumulators", true, true),
    ("c", "sum", "openmp-streams", "OpenMP, 4 streams", true, true),
    ("c", "sum", "openmp-streams-ahead", "OpenMP, 4 streams, prefetched", true, true),
    ("c", "heavy", "sine", "libm's sine", false, true),
    ("c", "heavy", "openmp-sine", "OpenMP, libm's sine", true, true),
    ("python", "sum", "np.sum", "np.sum", false, true),
    ("python", "sum", "pool", "vecAdd.py: a pool, slices sent", true, false),
    ("python", "heavy", "numpy", "numpy, vectorised", false, true),
    ("python", "heavy", "loop", "vecAddF-heavy.py's loop", false, false),
];

/// Adds those of these kernels that an installed peer has.
pub fn theirs<'a>(mut board: Board<'a>, data: &'a Data, group: &str, peer: &'a RefCell<Peer>) -> Board<'a> {
    let name = peer.borrow().name;
    let of_group = THEIRS.into_iter().filter(|theirs| theirs.0 == name && theirs.1 == group);
    for (_, group, kernel, label, parallel, warm) in of_group.filter(|theirs| peer.borrow().knows(theirs.2)) {
        let expected = if group == "sum" { data.sum() } else { data.heavy_sum() };
        for &threads in if parallel { &data.threads[..] } else { &[1] } {
            let row = Row { group, peer: name, kernel, label, threads, units: 1.0 };
            board = board.add(row, expected, move || {
                let mut peer = peer.borrow_mut();
                if warm {
                    peer.run(kernel, threads)?;
                }
                peer.run(kernel, threads)
            });
        }
    }
    board
}

fn rust(group: &'static str, kernel: &'static str, label: &'static str, threads: usize) -> Row {
    Row { group, peer: "rust", kernel, label, threads, units: 1.0 }
}

/// Adds rows of one group, all with the same result.
struct Adder<'a> {
    board: Option<Board<'a>>,
    group: &'static str,
    expected: Expected,
}

impl<'a> Adder<'a> {
    fn row(&mut self, kernel: &'static str, label: &'static str, threads: usize, run: impl Fn() -> Sample<f64> + 'a) {
        let row = rust(self.group, kernel, label, threads);
        // The second run counts, because other rows have used the caches meanwhile.
        let run = move || {
            black_box(run());
            Ok::<_, Error>(run())
        };
        self.board = self.board.take().map(|board| board.add(row, self.expected, run));
    }

    fn board(self) -> Board<'a> {
        self.board.expect("it is put back after each row")
    }
}

fn timed(work: impl FnOnce() -> i64) -> Sample<f64> {
    integer(Sample::of(work))
}

fn integer(sample: Sample<i64>) -> Sample<f64> {
    Sample { value: sample.value as f64, seconds: sample.seconds, phases: sample.phases, bytes_copied: None }
}

fn counted(sample: Sample<u64>) -> Sample<f64> {
    Sample { value: sample.value as f64, seconds: sample.seconds, phases: sample.phases, bytes_copied: None }
}
