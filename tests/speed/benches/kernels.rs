//! Times every kernel and every counter of the labs, for several sizes and numbers of threads: `cargo bench -p speed`. Each result is
//! verified once before it is timed.
//!
//! `cargo bench -p speed -- heavy/vectorized` runs only the kernels with this name, and `--test` runs each kernel once. The sizes are
//! 1,000 to 10,000,000 elements. The environment variable `SPEED_SIZES` replaces them, with commas between several sizes.

use common::shared_memory::SharedMemory;
use common::sync::Counter;
use common::timing::Sample;
use common::{counter, data, machine, pin::Pin, workers};
use criterion::{BenchmarkId, Criterion, Throughput};
use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};
use speed::{atomic, heavy, mutex, naive, overhead, race, shared};
use std::hint::black_box;
use std::time::Duration;

const SEED: u64 = 7001;

/// The elements of a chunk, for kernels that hand out chunks.
const CHUNK: usize = 10_000;

/// The increments per thread, enough that the threads overlap.
const INCREMENTS: u64 = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((workers::FLAG, rest)) = arguments.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        // A worker of the pool has two arguments, a worker on shared memory has four.
        let served = if rest.len() == 2 { naive::sums::pool_worker(rest) } else { shared::sums::worker(rest) };
        return served.expect("a worker ends before the program that started it");
    }
    // Each benchmark takes about a second, because there are hundreds.
    let criterion = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(200));
    let mut criterion = criterion.measurement_time(Duration::from_millis(800)).configure_from_args();
    for size in sizes() {
        sums(&mut criterion, size);
        heavy_sums(&mut criterion, size);
    }
    counters(&mut criterion);
    criterion.final_summary();
}

fn sizes() -> Vec<usize> {
    let given = std::env::var("SPEED_SIZES").unwrap_or_else(|_| "1000,10000,100000,1000000,10000000".into());
    given.split(',').map(|size| size.trim().parse().expect("SPEED_SIZES holds whole numbers with commas")).collect()
}

/// Returns the numbers of threads: one, two, and the number of CPUs.
fn threads() -> Vec<usize> {
    let mut threads = vec![1, 2, machine::available_parallelism()];
    threads.sort_unstable();
    threads.dedup();
    threads
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("the system starts a few threads")
}

/// Verifies a sum, and then times it.
fn sum(criterion: &mut Criterion, kernel: &str, threads: usize, size: usize, expected: i64, run: impl Fn() -> i64) {
    assert_eq!(run(), expected, "{kernel} with {threads} threads");
    let mut group = criterion.benchmark_group(format!("sum/{kernel}"));
    group.throughput(Throughput::Elements(size as u64));
    group.bench_function(BenchmarkId::new(format!("threads={threads}"), size), |bencher| bencher.iter(&run));
}

fn sums(criterion: &mut Criterion, size: usize) {
    let (array, pin) = (&data::integers(size, SEED)[..], &Pin::new(false));
    let mut memory = SharedMemory::create(size_of_val(array)).expect("there is memory");
    // SAFETY: no other process has mapped it yet.
    unsafe { memory.integers_mut() }.copy_from_slice(array);
    let expected = array.iter().sum();
    let mut add = |kernel, threads, run: &dyn Fn() -> i64| sum(criterion, kernel, threads, size, expected, run);

    add("sequential", 1, &|| naive::sums::sequential(black_box(array)));
    add("streams", 1, &|| naive::streams::streams(black_box(array)));
    for threads in threads() {
        let pool = &pool(threads);
        add("thread-borrow", threads, &|| naive::sums::thread_borrow(array, threads, pin).value);
        add("streams-threads", threads, &|| naive::streams::streams_threads(array, threads, pin).value);
        add("thread-copy", threads, &|| naive::sums::thread_copy(array, threads, pin).value);
        add("process-pool", threads, &|| naive::sums::process_pool(array, threads, pin).expect("workers live").value);
        add("process-shared", threads, &|| {
            shared::sums::process_shared(&memory, size, threads, pin).expect("workers live").cold.value
        });
        add("threads", threads, &|| overhead::sums::threads(array, threads, pin));
        add("spawn-per-chunk", threads, &|| overhead::sums::spawn_per_chunk(array, CHUNK, threads, pin));
        add("channel", threads, &|| overhead::sums::channel(array, CHUNK, threads, pin));
        add("atomic-index", threads, &|| overhead::sums::atomic_index(array, CHUNK, threads, pin));
        add("dealt", threads, &|| overhead::sums::dealt(array, CHUNK, threads, pin));
        add("rayon", threads, &|| overhead::sums::rayon(array, CHUNK, pool));
        add("rayon-one-by-one", threads, &|| overhead::sums::rayon_one_by_one(array, CHUNK, pool));
        add("rayon-plain", threads, &|| pool.install(|| array.par_iter().sum()));
    }
}

fn heavy_sums(criterion: &mut Criterion, size: usize) {
    let (array, pin) = (&data::doubles(size, SEED)[..], &Pin::new(false));
    let (expected, tolerance) = (heavy::sums::sequential(array), 1e-15 * (size as f64).sqrt());
    let mut add = |kernel: &str, threads: usize, run: &dyn Fn() -> f64| {
        let sum = run();
        assert!((sum - expected).abs() <= tolerance * expected, "{kernel}, {threads} threads: {sum}, not {expected}");
        let mut group = criterion.benchmark_group(format!("heavy/{kernel}"));
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(BenchmarkId::new(format!("threads={threads}"), size), |bencher| bencher.iter(run));
    };
    add("sequential", 1, &|| heavy::sums::sequential(black_box(array)));
    add("vectorized", 1, &|| heavy::sums::vectorized(black_box(array)));
    add("vectorized-portable", 1, &|| heavy::sums::vectorized_portable(black_box(array)));
    for threads in threads() {
        add("threads", threads, &|| heavy::sums::threads(array, threads, pin).value);
        add("global-lock", threads, &|| heavy::sums::global_lock(array, threads, pin).value);
        add("vectorized-threads", threads, &|| heavy::sums::vectorized_threads(array, threads, pin).value);
    }
}

fn counters(criterion: &mut Criterion) {
    for threads in threads() {
        counter(criterion, "fetch-add", threads, true, atomic::FetchAdd::default);
        counter(criterion, "compare-exchange", threads, true, atomic::CompareExchange::default);
        counter(criterion, "padded", threads, true, || atomic::Padded::for_threads(threads));
        counter(criterion, "adjacent", threads, true, || atomic::Adjacent::for_threads(threads));
        counter(criterion, "local-then-add", threads, true, atomic::LocalThenAdd::default);
        counter(criterion, "std-mutex", threads, true, mutex::StdMutex::default);
        counter(criterion, "parking-lot", threads, true, mutex::ParkingLot::default);
        counter(criterion, "spin", threads, true, mutex::Spin::default);
        counter(criterion, "locked-twice", threads, false, mutex::LockedTwice::default);
        counter(criterion, "load-store", threads, false, race::LoadStore::default);
        counter(criterion, "load-spin-store", threads, false, race::LoadSpinStore::default);
    }
    counter(criterion, "plain", 1, true, race::Plain::default); // with more threads it has a data race, so its behaviour is undefined
}

/// Times a counter in pinned threads. The final value of a counter that may lose updates is checked to be between 1 and all
/// increments.
fn counter<C: Counter>(criterion: &mut Criterion, kernel: &str, threads: usize, exact: bool, new: impl Fn() -> C) {
    let pin = &Pin::new(true);
    let all = threads as u64 * INCREMENTS;
    let run = || -> Sample<u64> { counter::in_threads(&new(), threads, INCREMENTS, pin) };
    let value = run().value;
    assert!(value == all || !exact && (1..all).contains(&value), "{kernel}, {threads} threads: {value}, not {all}");
    let mut group = criterion.benchmark_group(format!("counter/{kernel}"));
    group.throughput(Throughput::Elements(all));
    group.bench_function(BenchmarkId::new("threads", threads), |bencher| {
        // From the first thread's first increment to the last one's last, without the start of the threads.
        bencher.iter_custom(|runs| (0..runs).map(|_| Duration::from_secs_f64(run().seconds)).sum());
    });
}
