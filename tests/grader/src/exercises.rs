//! The exercises: their folders, the graded items and their points. Each exercise is declared in its lab's folder, in
//! `grading/about.rs`.

use std::path::PathBuf;

include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// The exercise of one lab.
#[derive(Debug)]
pub struct Exercise {
    /// The name, which is the lab's name without `lab-`.
    pub name: &'static str,
    /// The lab's folder, from the workspace's folder.
    pub folder: &'static str,
    /// The file that a student edits, from the workspace's folder.
    pub file: &'static str,
    /// The code that calls the submission's functions, as the grader asks it to.
    pub driver: &'static str,
    /// What the exercise declares about itself.
    pub about: About,
}

/// The declaration of an exercise.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The items that are graded.
    pub items: &'static [Item],
    /// Three hints, each more helpful than the one before.
    pub hints: [&'static str; 3],
    /// What the solution teaches. A student who has all points reads it.
    pub learned: &'static str,
}

/// One graded item of an exercise.
#[derive(Debug)]
pub struct Item {
    /// The name for programs, which does not change.
    pub id: &'static str,
    /// The property that must hold, in words.
    pub title: &'static str,
    /// The points for passing it.
    pub points: f64,
    /// The hint for a student who fails it.
    pub hint: &'static str,
}

/// Creates an item: its id, its points, what must hold, and a hint.
pub const fn item(id: &'static str, points: f64, title: &'static str, hint: &'static str) -> Item {
    Item { id, title, points, hint }
}

/// Returns the exercise with this name.
pub fn exercise(name: &str) -> Option<&'static Exercise> {
    EXERCISES.iter().find(|exercise| exercise.name == name)
}

impl Exercise {
    /// Returns the exercise that comes next in the lecture; `None` after the last.
    pub fn next(&self) -> Option<&'static Exercise> {
        EXERCISES.iter().skip_while(|exercise| exercise.name != self.name).nth(1)
    }

    /// Returns the folder of its solutions, right and wrong; a student's copy has none.
    pub fn solutions(&self) -> PathBuf {
        workspace::root().join(self.folder).join("grading/solutions")
    }

    /// Returns the sum of all points.
    pub fn points(&self) -> f64 {
        self.about.items.iter().map(|item| item.points).sum()
    }
}
