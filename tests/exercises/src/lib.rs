//! The exercises as they lie beside the labs. Nothing uses this crate: it is here so that an editor knows what the files are made of,
//! and completes them. A broken exercise breaks no lab.

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));
