//! To be told.

fn main() {}
