// exercise: shm
// expected: does-not-compile
// Is not a program.
this is no Rust
