//! Who says what C++20 allows, and what loom does not do.

/// A text that gives a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The model of C++11, as mathematics.
    Batty,
    /// RC11, its repair.
    Lahav,
    /// The tests' names and shapes.
    Maranget,
    /// The standard on orderings, `SeqCst` and its fences among them.
    Order,
    /// The standard on coherence.
    Races,
    /// The standard on release and acquire fences.
    Fences,
    /// What Rust follows.
    Rust,
}

impl Source {
    /// All.
    pub const ALL: [Self; 7] =
        [Self::Batty, Self::Lahav, Self::Maranget, Self::Order, Self::Races, Self::Fences, Self::Rust];

    /// What the table calls it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Batty => "Batty 2011",
            Self::Lahav => "Lahav 2017",
            Self::Maranget => "Maranget 2012",
            Self::Order => "atomics.order",
            Self::Races => "intro.races",
            Self::Fences => "atomics.fences",
            Self::Rust => "Rust",
        }
    }

    /// Where it is found, and what it says.
    pub fn citation(self) -> &'static str {
        match self {
            Self::Batty => {
                "Batty, Owens, Sarkar, Sewell, Weber: Mathematizing C++ Concurrency, POPL 2011. The model of C++11 as axioms, with \
                 SB, MP, LB, IRIW and the coherence tests."
            }
            Self::Lahav => {
                "Lahav, Vafeiadis, Kang, Hur, Dreyer: Repairing Sequential Consistency in C/C++11, PLDI 2017. RC11, whose SeqCst \
                 went into C++20 (P0668); RC11 itself also forbids load buffering."
            }
            Self::Maranget => {
                "Maranget, Sarkar, Sewell: A Tutorial Introduction to the ARM and POWER Relaxed Memory Models, 2012. The names and \
                 shapes of the tests, and that hardware shows the relaxed ones."
            }
            Self::Order => {
                "C++20, section [atomics.order]: the one order of all SeqCst operations; a read-modify-write reads the value \
                 before its own; a note allows load buffering of constants."
            }
            Self::Races => {
                "C++20, section [intro.races]: coherence of write-write, read-read, read-write and write-read."
            }
            Self::Fences => "C++20, section [atomics.fences]: how fences synchronise.",
            Self::Rust => {
                "Documentation of std::sync::atomic: \"Rust atomics currently follow the same rules as C++20 atomics\"."
            }
        }
    }
}

/// What loom does not do, and so what no verdict of the model takes into account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limitation {
    /// Of accesses; fences are right.
    SeqCstAccesses,
    /// A read never sees a write that its own thread's later writes lead to.
    LoadBuffering,
    /// Old values are forgotten.
    SevenStores,
    /// A load hides those before it from the search.
    HiddenLoads,
    /// A write may come between the two halves of a read-modify-write.
    SplitUpdates,
    /// A read-modify-write comes last.
    NewestUpdates,
    /// What a load learns of the order of two stores is forgotten of the third.
    ModificationOrder,
    /// Threads.
    FiveThreads,
    /// The weak compare-exchange is the strong one.
    SpuriousFailures,
    /// Every mutex is the same.
    OneMutex,
}

impl Limitation {
    /// All.
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
        Self::OneMutex,
    ];

    /// A name for a program.
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
            Self::OneMutex => "one-mutex",
        }
    }

    /// What it is, in a sentence or two.
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
            Self::SpuriousFailures => "compare_exchange_weak never fails spuriously here; on hardware it can.",
            Self::OneMutex => {
                "The model's mutex replaces those of the standard library and of parking_lot. A verdict covers how a counter \
                 uses a mutex, not how the mutex itself works."
            }
        }
    }

    /// Who says so.
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
            Self::OneMutex => "the model's own source, sync/mutex.rs",
        }
    }
}
