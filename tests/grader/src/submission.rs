//! A submission of a class: the student, the exercise, and the file.

use crate::exercises::Exercise;
use std::path::{Path, PathBuf};

/// A file that a student handed in: `DIR/STUDENT/EXERCISE.rs`.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The name of the student's folder.
    pub student: String,
    /// The exercise, which the file's name says.
    pub exercise: &'static Exercise,
    /// The path of the file.
    pub file: PathBuf,
}

impl Submission {
    /// Returns the path of this submission's grade in the folder of grades, `out`.
    pub fn grade(&self, out: &Path) -> PathBuf {
        out.join(&self.student).join(format!("{}.json", self.exercise.name))
    }
}
