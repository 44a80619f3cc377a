//! The explorer, judged by what is known: theorems, published litmus tests, and the labs' counters.

mod algorithms;
mod channels;
mod channels_of_std;
mod conditions;
mod door;
mod handing;
mod labs;
mod litmus;
mod locks;
mod mutants;
#[cfg(unix)]
mod outside;
mod parking;
mod random;
mod recording;
mod schedules;
mod shortcuts;
mod spawning;
mod statics;
mod surface;
mod symmetry;
mod views;
mod walk;
