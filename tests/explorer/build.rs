//! Makes a module of every lab's counters for the tests. The library itself needs nothing of it.

fn main() {
    workspace::generate("counters.rs", &workspace::counters());
}
