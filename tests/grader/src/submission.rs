//! The students of a class, and what they handed in.

use crate::exercises::Exercise;
use crate::text;
use anyhow::{Context as _, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A student: a folder in the folder of submissions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Student {
    /// The name of the folder, as visible text.
    pub name: String,
    /// The name of the student's folder among the grades: the same, unless the name is an odd one.
    pub folder: String,
    /// The path of the folder with the submissions.
    pub path: PathBuf,
}

/// The content of the folder of submissions.
#[derive(Debug, Default)]
pub struct Folder {
    /// The students, in the order of their names.
    pub students: Vec<Student>,
    /// The names of what is not a folder, as visible text.
    pub others: Vec<String>,
}

impl Folder {
    /// Reads the folder of submissions. A link to a folder counts as a folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        let about = || format!("cannot read {}", path.display());
        let mut folder = Self::default();
        let mut found = Vec::new();
        for entry in fs::read_dir(path).with_context(about)? {
            let entry = entry.with_context(about)?;
            let name = text::name(&entry.file_name());
            if entry.path().is_dir() { found.push((name, entry.path())) } else { folder.others.push(name) }
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        found.iter().for_each(|(name, _)| *counts.entry(name.to_lowercase()).or_default() += 1);
        let student = |(name, path): (String, PathBuf)| {
            let is_twin = counts[&name.to_lowercase()] > 1;
            Student { folder: text::folder(&name, is_twin), name, path }
        };
        folder.students = found.into_iter().map(student).collect();
        folder.students.sort();
        folder.others.sort();
        Ok(folder)
    }
}

/// A file that a student handed in: `DIR/STUDENT/EXERCISE.rs`.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The student who handed it in.
    pub student: Student,
    /// The exercise, which the file's name says.
    pub exercise: &'static Exercise,
    /// The path of the file.
    pub file: PathBuf,
}

impl Submission {
    /// Returns the path of this submission's grade in the folder of grades, `out`.
    pub fn grade(&self, out: &Path) -> PathBuf {
        out.join(&self.student.folder).join(format!("{}.json", self.exercise.name))
    }
}
