//! Makes a module of every lab's counters, and one table of them all.

fn main() {
    workspace::generate("counters.rs", &workspace::counters());
}
