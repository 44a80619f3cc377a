//! The exercises as they lie beside the labs. Nothing uses this crate: it is here so that an editor knows what the files are made of,
//! and completes them. A broken exercise breaks no lab.

#[path = "../../../../labs/atomic-fix/exercise.rs"]
pub mod atomic;
#[path = "../../../../labs/compute-heavy/exercise.rs"]
pub mod heavy;
#[path = "../../../../labs/mutex-fix/exercise.rs"]
pub mod mutex;
#[path = "../../../../labs/naive-chunks/exercise.rs"]
pub mod naive;
#[path = "../../../../labs/overhead-dominated/exercise.rs"]
pub mod overhead;
#[path = "../../../../labs/data-race/exercise.rs"]
pub mod race;
#[path = "../../../../labs/shared-memory/exercise.rs"]
pub mod shm;
