//! A submission of a class: whose it is, of which exercise, and where it lies.

use crate::exercises::Exercise;
use std::path::{Path, PathBuf};

/// A submission: `DIR/STUDENT/EXERCISE.rs`.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The folder's name.
    pub student: String,
    /// Which exercise.
    pub exercise: &'static Exercise,
    /// The file.
    pub file: PathBuf,
}

impl Submission {
    /// Where its grade lies in the folder of grades.
    pub fn grade(&self, out: &Path) -> PathBuf {
        out.join(&self.student).join(format!("{}.json", self.exercise.name))
    }
}
