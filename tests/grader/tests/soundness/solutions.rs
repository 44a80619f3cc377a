//! Grades the right and wrong solutions of every exercise.

use super::{Graded, Job, Without, differences, failing, files, graded, grader, graders, header, in_words};
use crate::support::skipped::sampled;
use crate::support::solution;
use grader::exercises::{EXERCISES, exercise};
use grader::render;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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
            let expected = failing(exercise, &fails.unwrap_or_default());
            jobs.push(Job { exercise, path, expected, without: Without::Nothing });
        }
        assert!(
            jobs.iter().any(|job| job.path.ends_with(format!("{}/grading/solutions/reference.rs", exercise.folder)))
        );
        let all = exercise.about.items.iter().map(|item| item.id).collect::<Vec<_>>().join(", ");
        let (path, expected) = (workspace::root().join(exercise.file), vec![format!("fails {all}")]);
        jobs.push(Job { exercise, path, expected, without: Without::Nothing });
    }
    assert!(
        counts.values().all(|[right, wrong]| *right >= 9 && *wrong >= 6),
        "right ones with the reference, and wrong ones: {counts:?}"
    );
    let all = jobs.len();
    if !workspace::thorough() {
        // The reference and the starter of each exercise, and every tenth of the others.
        let is_always = |path: &Path| path.ends_with("reference.rs") || path.ends_with("exercise.rs");
        let mut others = 0;
        jobs.retain(|job| {
            others += usize::from(!is_always(&job.path));
            is_always(&job.path) || others % 10 == 0
        });
    }
    sampled(jobs.len(), all, "right and wrong solutions were graded");
    let found = differences(grader, &jobs);
    assert!(found.is_empty(), "{} of {}:\n{}", found.len(), jobs.len(), found.join("\n"));
}

/// The untouched file is not five failures with explanations that give the solution away.
#[test]
fn an_untouched_file_is_not_started_yet() {
    let Some(grader) = grader() else { return };
    for exercise in EXERCISES {
        let path = workspace::root().join(exercise.file);
        let Graded { grade, document } = &*graded(grader, exercise, &path, Without::Nothing);
        let shown = render::grade(exercise, grade);
        let hints = exercise.about.items.iter().filter(|item| shown.contains(&item.hint[..20]));
        assert!(grade.items.iter().all(|item| item.is_not_started()), "{shown}");
        assert_eq!((&document["verdict"], &document["score"]), (&"graded".into(), &0.0.into()));
        assert!(shown.contains("Not started yet: edit labs/") && hints.count() == 0, "{shown}");
    }

    // One part is solved, and the other is not started.
    let mutex = exercise("mutex").unwrap();
    let solved = fs::read_to_string(solution("mutex", "reference")).unwrap();
    let start = solved.find("pub fn withdraw").unwrap();
    let (body, end) = (start + solved[start..].find('{').unwrap(), start + solved[start..].find("\n    }").unwrap());
    let half = format!("{}{{ {}\"later\") {}", &solved[..body], concat!("to", "do!("), &solved[end..]);
    let grade = grader.past_the_scan(mutex, half, None).unwrap();
    let shown = render::grade(mutex, &grade);
    assert_eq!(in_words(&grade), "fails withdraw, account");
    assert!(grade.message.is_empty() && shown.contains("\nnot started yet: withdraw, account\n"), "{shown}");
    assert!(shown.contains("  open  0 of 2  withdraw") && !shown.contains(&mutex.about.items[3].hint[..20]), "{shown}");
}

#[test]
fn a_student_with_all_points_reads_what_the_solution_teaches_and_what_comes_next() {
    let Some(grader) = grader() else { return };
    for (index, exercise) in EXERCISES.iter().enumerate() {
        let shown = |name: &str| {
            let grade = grader.grade(exercise, &solution(exercise.name, name), None).unwrap();
            render::grade(exercise, &grade).split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let right = shown("reference");
        let next = EXERCISES.get(index + 1).map_or("last exercise".to_string(), |next| format!("Next: {} ", next.name));
        assert!(right.contains(exercise.about.learned) && right.contains(&next), "{right}");
        assert!(!right.contains("--hint"), "{right}");
        if index == 0 {
            let wrong = shown("wrong-sequential");
            assert!(!wrong.contains(exercise.about.learned) && !wrong.contains("Next: "), "{wrong}");
            assert!(wrong.ends_with("Stuck? cargo grade naive --hint 1"), "{wrong}");
        }
    }
}

/// The grade of a submission is the same in every sandbox.
#[test]
fn every_sandbox_gives_the_same_grades() {
    let [first, others @ ..] = graders() else { return };
    let mut files_of_all = Vec::new();
    for exercise in EXERCISES {
        let folder = format!("{}/grading/solutions", exercise.folder);
        let wrong = files(&folder).into_iter().find(|path| !path.ends_with("reference.rs")).unwrap();
        let reference = workspace::root().join(folder).join("reference.rs");
        files_of_all.push([wrong, reference, workspace::root().join(exercise.file)].map(|path| (exercise, path)));
    }
    // A wrong solution passes some checks and fails others. One of the exercises is explored, and one counts ticks.
    let (take, exercises) = if workspace::thorough() { (3, files_of_all.len()) } else { (1, 2) };
    if !others.is_empty() {
        sampled(take * exercises, 3 * files_of_all.len(), "files were graded in every sandbox");
    }
    for (exercise, path) in files_of_all.iter().take(exercises).flat_map(|files| &files[..take]) {
        let expected = graded(first, exercise, path, Without::Nothing).lasting();
        for other in others {
            assert_eq!(graded(other, exercise, path, Without::Nothing).lasting(), expected, "{}", path.display());
        }
    }
}
