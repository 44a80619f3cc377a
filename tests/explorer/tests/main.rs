//! The explorer, judged by what is known: theorems, published litmus tests, and the labs' counters.

mod algorithms;
mod conditions;
mod door;
mod labs;
mod litmus;
mod locks;
mod mutants;
mod parking;
mod recording;
mod schedules;
mod shortcuts;
mod spawning;
mod walk;
