//! The surface of `explorer::sync` against that of `std`: nothing more, and nothing less but what is listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The stable methods of `std`'s types in Rust 1.95, from its documentation.
const STD: &str = include_str!("std_methods.txt");

/// Methods of `std` that are missing, with the reason.
const MISSING: [(&str, &[&str]); 4] = [
    ("raw pointers would bypass the explorer", &["from_ptr", "as_ptr"]),
    ("deprecated", &["compare_and_swap", "wait_timeout_ms"]),
    ("rarely used", &["take", "get_mut", "force_mut"]),
    ("unsafe, for scopes that std has now", &["spawn_unchecked"]),
];

/// Types that `std` does not have.
const OWN: [&str; 2] = ["RacyCell", "Static"];

type Methods = BTreeMap<String, BTreeSet<String>>;

fn of_std() -> Methods {
    let line = |line: &str| {
        let (name, methods) = line.split_once(':').expect("a line is a type and its methods");
        (name.to_string(), methods.split_whitespace().map(str::to_string).collect())
    };
    STD.lines().map(line).collect()
}

/// Returns the public methods in a source file, by type.
fn in_source(text: &str) -> Methods {
    let mut methods = Methods::new();
    let (mut current, mut is_hidden) = (None, false);
    for line in text.lines() {
        let indentation = line.len() - line.trim_start().len();
        let words = line.trim_start();
        if words.starts_with("impl") && words.ends_with('{') {
            let is_of_trait = words.contains(" for ") && !words.contains(" for<");
            let name = words.trim_start_matches("impl").trim_start();
            let name = if name.starts_with('<') { after_generics(name) } else { name };
            let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '$').unwrap_or(name.len());
            current = (!is_of_trait).then(|| name[..end].to_string());
        } else if indentation == 0 && words.starts_with("pub ") {
            current = None;
        }
        is_hidden |= words == "#[doc(hidden)]";
        let function = words.strip_prefix("pub fn ").or(words.strip_prefix("pub unsafe fn "));
        if let (Some(function), Some(name)) = (function.or(words.strip_prefix("pub const fn ")), &current) {
            let end = function.find(['(', '<']).expect("a function has parameters");
            if std::mem::take(&mut is_hidden) {
                continue; // for a macro
            }
            methods.entry(name.clone()).or_default().insert(function[..end].to_string());
        }
    }
    methods
}

/// Returns what follows the generic parameters with which a text starts.
fn after_generics(text: &str) -> &str {
    let mut depth = 0;
    for (index, letter) in text.char_indices() {
        match letter {
            '<' => depth += 1,
            '>' if !text[..index].ends_with('-') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text[index + 1..].trim_start();
        }
    }
    text
}

fn in_this_crate() -> Methods {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sync");
    let mut all = Methods::new();
    for file in fs::read_dir(folder).expect("the sources are there") {
        let text = fs::read_to_string(file.expect("the folder can be read").path()).expect("a source can be read");
        for (name, methods) in in_source(&text) {
            all.entry(name).or_default().extend(methods);
        }
    }
    // The methods that a macro makes for all atomics.
    let mut shared = all.remove("$name").expect("atomics are made by a macro");
    shared.insert("new".to_string()); // that is a macro of its own
    let of_integers = ["fetch_add", "fetch_sub", "fetch_max", "fetch_min"];
    let of_booleans =
        shared.iter().filter(|name| !of_integers.contains(&name.as_str())).cloned().collect::<BTreeSet<_>>();
    all.entry("AtomicBool".to_string()).or_default().extend(of_booleans);
    all.entry("AtomicU64".to_string()).or_default().extend(shared);
    all
}

#[test]
fn types_have_the_methods_of_std_and_no_others() {
    let (std, here) = (of_std(), in_this_crate());
    let missing: BTreeSet<&str> = MISSING.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let (none, mut used) = (BTreeSet::new(), BTreeSet::new());
    for (name, expected) in &std {
        let methods = here.get(name).unwrap_or(&none);
        let more: Vec<_> = methods.difference(expected).collect();
        assert!(more.is_empty(), "{name} has methods that std does not have: {more:?}");
        for absent in expected.difference(methods) {
            assert!(missing.contains(absent.as_str()), "{name}::{absent} is missing");
            used.insert(absent.as_str());
        }
    }
    assert_eq!(used, missing, "what is listed as missing is missing somewhere");
    let private = ["Content", "End", "Child", "Number", "Running"];
    for name in here.keys() {
        let known = std.contains_key(name) || OWN.contains(&name.as_str()) || private.contains(&name.as_str());
        assert!(known, "{name} is not a type of std");
    }
}

#[test]
fn the_reader_of_sources_finds_methods() {
    let text = "impl<T: Fn() -> u8> One<T> {\n    pub fn two<F>(self) {}\n    fn three() {}\n}\nimpl Four for One {\n    \
                pub fn five() {}\n}\nimpl Six {\n    pub unsafe fn seven() {}\n}\n";
    let found: Vec<_> = in_source(text).into_iter().map(|(name, methods)| (name, methods.len())).collect();
    assert_eq!(found, [("One".to_string(), 1), ("Six".to_string(), 1)]);
}

/// Names that `std` has too: this would not compile otherwise.
mod names {
    #![allow(unused_imports, reason = "the names only have to be there")]

    macro_rules! names {
        ($here:ident $there:ident $($name:ident)*) => {
            mod $here {
                mod explored {
                    pub use super::super::$there::explored::{$($name),*};
                }
                mod real {
                    pub use super::super::$there::real::{$($name),*};
                }
            }
        };
    }

    mod root {
        pub use explorer::sync as explored;
        pub use std::sync as real;
    }
    mod atomic {
        pub use explorer::sync::atomic as explored;
        pub use std::sync::atomic as real;
    }
    mod mpsc {
        pub use explorer::sync::mpsc as explored;
        pub use std::sync::mpsc as real;
    }
    mod thread {
        pub use explorer::sync::thread as explored;
        pub use std::thread as real;
    }

    names!(in_root root Arc Barrier BarrierWaitResult Condvar LazyLock LockResult Mutex MutexGuard Once OnceLock OnceState
        PoisonError RwLock RwLockReadGuard RwLockWriteGuard TryLockError TryLockResult WaitTimeoutResult Weak);
    names!(in_atomic atomic AtomicBool AtomicI8 AtomicI16 AtomicI32 AtomicI64 AtomicIsize AtomicU8 AtomicU16 AtomicU32
        AtomicU64 AtomicUsize Ordering compiler_fence fence);
    names!(in_mpsc mpsc IntoIter Iter Receiver RecvError RecvTimeoutError SendError Sender SyncSender TryIter
        TryRecvError TrySendError channel sync_channel);
    names!(in_thread thread AccessError Builder JoinHandle LocalKey Result Scope ScopedJoinHandle Thread ThreadId
        available_parallelism current panicking park park_timeout scope sleep spawn yield_now);
}
