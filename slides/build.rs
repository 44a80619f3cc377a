//! Makes a module of every lab's counters.

fn main() {
    workspace::generate("counters.rs", &workspace::counters());
}
