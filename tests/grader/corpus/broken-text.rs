// exercise: shm
// expected: does-not-compile
// No program at all.
this is no Rust
