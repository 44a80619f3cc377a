//! Generates one module per lab with counters, and one table of all counters.

fn main() {
    workspace::generate("counters.rs", &workspace::counters());
}
