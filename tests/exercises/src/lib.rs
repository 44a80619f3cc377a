//! The exercises, as a crate that nothing uses. With it, an editor can check and complete `exercise.rs`. An exercise that does not
//! compile does not break its lab.

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));
