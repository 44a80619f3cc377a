//! Prints what the model shows.

fn main() {}
