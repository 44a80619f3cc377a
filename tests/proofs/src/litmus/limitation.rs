//! What loom does not do, with its sources.

/// A thing that loom does not do as C++20 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limitation {
    /// `SeqCst` loads and stores have no single order, and fences order too much.
    SeqCstAccesses,
    /// A load never reads a store that comes after it in program order.
    LoadBuffering,
    /// Old values of an atomic are forgotten.
    SevenStores,
    /// A load hides earlier loads of the same atomic from the search.
    HiddenLoads,
    /// A write may come between the two halves of a read-modify-write.
    SplitUpdates,
    /// A read-modify-write always reads the newest store.
    NewestUpdates,
    /// The order of stores that a load shows is forgotten for a later store.
    ModificationOrder,
    /// The number of threads is limited.
    FiveThreads,
    /// A weak compare-exchange never fails by chance.
    SpuriousFailures,
    /// A hint in the gap hides executions.
    Hints,
}

impl Limitation {
    /// All limitations, in the order of the table.
    pub const ALL: [Self; 10] = [
        Self::SeqCstAccesses,
        Self::LoadBuffering,
        Self::SevenStores,
        Self::HiddenLoads,
        Self::SplitUpdates,
        Self::NewestUpdates,
        Self::ModificationOrder,
        Self::FiveThreads,
        Self::SpuriousFailures,
        Self::Hints,
    ];

    /// Returns the name in tables and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::SeqCstAccesses => "seqcst-accesses",
            Self::LoadBuffering => "load-buffering",
            Self::SevenStores => "seven-stores",
            Self::HiddenLoads => "hidden-loads",
            Self::SplitUpdates => "split-updates",
            Self::NewestUpdates => "newest-updates",
            Self::ModificationOrder => "modification-order",
            Self::FiveThreads => "five-threads",
            Self::SpuriousFailures => "spurious-failures",
            Self::Hints => "hints",
        }
    }

    /// Returns what it is, in a sentence or two.
    pub fn claim(self) -> &'static str {
        match self {
            Self::SeqCstAccesses => {
                "SeqCst loads and stores are treated as AcqRel. So a correct program that needs their single order fails here. \
                 SeqCst fences order more than in C++20, so a bug between them may be missed."
            }
            Self::LoadBuffering => {
                "Load buffering is not explored: no load reads a store that is executed later. A bug that needs this is missed."
            }
            Self::SevenStores => {
                "Only the 7 newest stores to each atomic are remembered, and the initial value counts as one. A bug that needs \
                 an older value is missed."
            }
            Self::HiddenLoads => {
                "Some interleavings are left out. If a store races with several loads of one atomic, loom tries the store \
                 before only the last of them, and before none if the store's own thread did that load."
            }
            Self::SplitUpdates => {
                "The store of another thread may come between the read and the write of a swap, a fetch_add or a \
                 compare_exchange. So a correct program that stores while other threads swap may fail here."
            }
            Self::NewestUpdates => {
                "A swap, a fetch_add or a compare_exchange always reads the newest store, although C++20 sometimes allows an \
                 older one. A bug that needs the older one is missed."
            }
            Self::ModificationOrder => {
                "A load can show which of two stores came first. Loom may forget that order for a later store of the same \
                 thread. So a program that is correct because of that order may fail here."
            }
            Self::FiveThreads => "There can be at most 5 threads, including the one that starts the others.",
            Self::SpuriousFailures => "compare_exchange_weak never fails spuriously; on hardware it can.",
            Self::Hints => {
                "spin_loop and yield_now are taken for a promise that the thread waits for another. Executions in which it goes \
                 on at once are left out."
            }
        }
    }

    /// Returns where it is documented.
    pub fn citation(self) -> &'static str {
        match self {
            Self::SeqCstAccesses => {
                "loom's README, Unsupported features; tokio-rs/loom issue 180, pull requests 108 and 220"
            }
            Self::LoadBuffering => "loom's README, Unsupported features; its tests/litmus.rs, load_buffering",
            Self::SevenStores => "tokio-rs/loom pull request 111, MAX_ATOMIC_HISTORY",
            Self::HiddenLoads => "tokio-rs/loom issues 166 and 392; its source, rt/atomic.rs, last_dependent_access",
            Self::SplitUpdates => "tokio-rs/loom issues 254 and 389, pull request 391",
            Self::NewestUpdates => "loom's source, rt/atomic.rs, match_rmw_to_stores",
            Self::ModificationOrder => "tokio-rs/loom issue 282; its source, rt/atomic.rs, apply_load_coherence",
            Self::FiveThreads => "tokio-rs/loom pull request 314, MAX_THREADS",
            Self::SpuriousFailures => "loom's source, sync/atomic: it calls compare_exchange",
            Self::Hints => "loom's documentation of thread::yield_now; its source, rt/mod.rs, yield_now",
        }
    }
}
