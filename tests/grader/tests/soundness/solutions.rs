//! Right solutions, wrong ones and cheats of every exercise.

use super::{Job, differences, files, grader, graders, header};
use crate::support::solution;
use grader::exercises::{EXERCISES, exercise};
use grader::grade::Grader;
use std::collections::BTreeMap;
use std::fs;

#[test]
fn right_solutions_pass_and_wrong_ones_fail_the_check_meant_for_them_and_only_that() {
    let Some(grader) = grader() else { return };
    let mut jobs = Vec::new();
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for exercise in EXERCISES {
        let folder = format!("{}/grading/solutions", exercise.folder);
        let count = counts.entry(exercise.name).or_default();
        for path in files(&folder) {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let fails = header(&fs::read_to_string(&path).unwrap(), "fails");
            assert_eq!(name.starts_with("wrong-"), fails.is_some(), "{name}");
            count[usize::from(fails.is_some())] += 1;
            let expected = vec![fails.map_or("passes".to_string(), |items| format!("fails {items}"))];
            jobs.push(Job { exercise, path, expected, is_past_the_scan: false });
        }
        assert!(
            jobs.iter().any(|job| job.path.ends_with(format!("{}/grading/solutions/reference.rs", exercise.folder)))
        );
        let all = exercise.about.items.iter().map(|item| item.id).collect::<Vec<_>>().join(", ");
        let (path, expected) = (workspace::root().join(exercise.file), vec![format!("fails {all}")]);
        jobs.push(Job { exercise, path, expected, is_past_the_scan: false });
    }
    assert!(counts.values().all(|[right, wrong]| *right >= 2 && *wrong >= 6), "right and wrong ones: {counts:?}");
    let found = differences(grader, &jobs);
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), jobs.len(), found.join("\n"));
}

/// The kinds of box differ in how they hold, and in no grade.
#[test]
fn every_box_gives_the_same_grades() {
    let [first, others @ ..] = graders() else { return };
    for exercise in EXERCISES {
        let folder = format!("{}/grading/solutions", exercise.folder);
        let wrong = files(&folder).into_iter().find(|path| !path.ends_with("reference.rs")).unwrap();
        for path in [workspace::root().join(folder).join("reference.rs"), wrong, workspace::root().join(exercise.file)]
        {
            let document = |grader: &Grader| {
                let mut document = grader.document(exercise, "x.rs", &grader.grade(exercise, &path, None).unwrap());
                ["seconds", "isolation"].iter().for_each(|name| drop(document.as_object_mut().unwrap().remove(*name)));
                document
            };
            let expected = document(first);
            assert!(others.iter().all(|other| document(other) == expected), "{}", path.display());
        }
    }
}

/// Times and secrets aside, a grade depends on the submission alone.
#[test]
fn fifty_grades_of_one_submission_are_the_same() {
    let Some(grader) = grader() else { return };
    for (name, file, count) in
        [("mutex", "wrong-check-then-act", 50), ("heavy", "wrong-equal-parts", 10), ("naive", "reference", 10)]
    {
        let exercise = exercise(name).unwrap();
        let path = solution(name, file);
        let grade = || {
            let grade = grader.grade(exercise, &path, None).unwrap();
            let mut document = grader.document(exercise, "x.rs", &grade);
            document.as_object_mut().unwrap().remove("seconds");
            document.to_string()
        };
        let first = grade();
        assert!((1..count).all(|_| grade() == first), "{name}/{file}");
    }
}
