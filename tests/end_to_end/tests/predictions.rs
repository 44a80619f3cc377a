//! Checks `--predict`: first predict, then measure, then compare both with the lecture.

use end_to_end::labs::{LabUnderTest, labs};
use end_to_end::run::{Outcome, complete_with_input};
use end_to_end::{assert_none, schema::Contract};

fn predict(lab: &LabUnderTest, flags: &str, answer: &str) -> Outcome {
    let outcome = complete_with_input(lab.command(&format!("{} --predict {flags}", lab.small())), answer);
    assert_eq!(outcome.status.code(), Some(0), "lab-{} answered {answer:?}: {}", lab.name, outcome.stderr);
    outcome
}

#[test]
fn a_prediction_stands_beside_the_measurement_and_the_lecture() {
    let contract = Contract::named("report-1.json");
    for lab in labs() {
        let outcome = predict(lab, "--json", "12345\n");
        let report = outcome.json().unwrap();
        assert_none(contract.problems(&report));
        let prediction = &report["prediction"];
        assert_eq!(prediction["predicted"], 12345, "lab-{}", lab.name);
        // A break-even size may lie outside the measured range.
        let quantities = report["quantities"].as_array().into_iter().flatten();
        let all_were_found = quantities.into_iter().all(|quantity| quantity["value"].is_number());
        assert!(prediction["measured"].is_number() || !all_were_found, "lab-{}: {prediction}", lab.name);
        assert!(
            outcome.stderr.contains(prediction["question"].as_str().unwrap()),
            "it was not asked: {}",
            outcome.stderr
        );
        assert!(prediction["question"].as_str().unwrap().ends_with('?'));

        let text = predict(lab, "", "12345\n").stdout;
        let line = text.lines().find(|line| line.contains("you predicted 12,345, this machine measured")).unwrap();
        assert!(line.contains("the lecture saw"), "lab-{}: {line}", lab.name);
        assert_eq!(line.contains("the lecture saw none"), prediction["lecture"].is_null(), "lab-{}: {line}", lab.name);
    }
}

#[test]
fn an_answer_is_read_as_people_write_it() {
    for lab in labs().into_iter().take(1) {
        for (answer, number) in
            [("0.5x\n", 0.5), ("1,000,000\n", 1e6), (" 1_000 \n", 1e3), ("2", 2.0), ("-1e3\n", -1e3)]
        {
            assert_eq!(
                predict(lab, "--json", answer).json().unwrap()["prediction"]["predicted"].as_f64(),
                Some(number)
            );
        }
    }
}

#[test]
fn no_answer_is_no_prediction() {
    let answers = ["", "\n", "  \n", "no\nidea\nat all\n", "what?\n\n", "inf\nNaN\n"];
    let runs = labs().into_iter().flat_map(|lab| answers.map(|answer| (lab, answer)));
    for (lab, answer) in end_to_end::sample(runs, 5, "answers to the labs' questions") {
        let report = predict(lab, "--json", answer).json().unwrap();
        let prediction = report["prediction"].as_object().unwrap();
        assert!(prediction.contains_key("question") && !prediction.contains_key("predicted"), "lab-{}", lab.name);
    }
    for lab in labs() {
        assert!(predict(lab, "", "").stdout.contains("you predicted none,"), "lab-{}", lab.name);
    }
}

#[test]
fn nonsense_is_answered_and_asked_again() {
    for lab in labs() {
        let outcome = predict(lab, "--json", "a lot\n7\n");
        assert!(outcome.stderr.contains("\"a lot\" is not a number"), "lab-{}: {}", lab.name, outcome.stderr);
        assert_eq!(outcome.stderr.matches("Before it runs").count(), 2);
        assert_eq!(outcome.json().unwrap()["prediction"]["predicted"], 7);
    }
}

#[test]
fn without_the_flag_no_question_is_asked() {
    for lab in labs() {
        let outcome = complete_with_input(lab.command(&format!("{} --json", lab.small())), "5\n");
        assert_eq!(outcome.stderr, "", "lab-{}", lab.name);
        assert!(outcome.json().unwrap().get("prediction").is_none(), "lab-{}", lab.name);
    }
}
