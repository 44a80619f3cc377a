//! The possible results of a submission and of an item, with their names in `labs/grade/1`.

use serde_json::Value;

/// The result of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The items were checked.
    Graded,
    /// The compiler rejected the submission.
    DoesNotCompile,
    /// The submission was not compiled, because it is not a text file or contains forbidden names.
    Rejected,
    /// The compiler exceeded its time or memory limit.
    Limit,
    /// The grader itself failed.
    Error,
}

impl Verdict {
    const NAMES: [(Self, &str); 5] = [
        (Self::Graded, "graded"),
        (Self::DoesNotCompile, "does-not-compile"),
        (Self::Rejected, "rejected"),
        (Self::Limit, "limit"),
        (Self::Error, "error"),
    ];

    /// Returns the name in JSON.
    pub fn name(self) -> &'static str {
        name(&Self::NAMES, self)
    }

    /// Reads the verdict of a grade. Returns `None` if the document's verdict is unknown.
    pub fn of(grade: &Value) -> Option<Self> {
        named(&Self::NAMES, &grade["verdict"])
    }
}

/// The result of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The item holds, as far as it was checked.
    Pass,
    /// The item does not hold.
    Fail,
    /// A limit was reached before the check was decided.
    Inconclusive,
    /// The item was not measured.
    NotMeasured,
}

impl Status {
    const NAMES: [(Self, &str); 4] = [
        (Self::Pass, "pass"),
        (Self::Fail, "fail"),
        (Self::Inconclusive, "inconclusive"),
        (Self::NotMeasured, "not-measured"),
    ];

    /// Returns the name in JSON.
    pub fn name(self) -> &'static str {
        name(&Self::NAMES, self)
    }

    /// Reads the status of an item, or of a check's answer. Returns `None` if it is unknown.
    pub fn of(item: &Value) -> Option<Self> {
        named(&Self::NAMES, &item["status"])
    }
}

/// Why an item does not pass. Only wrong behaviour is what the item's hint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The check found wrong behaviour.
    Behaviour,
    /// The code of the submission panicked.
    Panic,
    /// Something else: it passes, it is not started, it was refused, it exceeded a limit, its program does not answer, or
    /// the check was not decided.
    Other,
}

impl Cause {
    /// Reads the cause from what a check answered.
    pub fn of(status: Status, message: &str) -> Self {
        match status {
            Status::Fail if message.contains("the code panicked") => Self::Panic,
            Status::Fail if message.contains("the program does not ") => Self::Other,
            Status::Fail => Self::Behaviour,
            Status::Pass | Status::Inconclusive | Status::NotMeasured => Self::Other,
        }
    }
}

fn name<T: PartialEq>(names: &[(T, &'static str)], wanted: T) -> &'static str {
    names.iter().find(|(one, _)| *one == wanted).expect("every value has a name").1
}

fn named<T: Copy>(names: &[(T, &str)], value: &Value) -> Option<T> {
    names.iter().find(|(_, name)| value == *name).map(|(one, _)| *one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_name_is_read_as_it_is_written_and_other_names_are_not() {
        for (verdict, _) in Verdict::NAMES {
            assert_eq!(Verdict::of(&json!({ "verdict": verdict.name() })), Some(verdict));
        }
        for (status, _) in Status::NAMES {
            assert_eq!(Status::of(&json!({ "status": status.name() })), Some(status));
        }
        assert_eq!(Verdict::of(&json!({ "verdict": "pass" })), None);
        assert_eq!(Status::of(&json!({ "status": 1 })), None);
    }

    #[test]
    fn only_wrong_behaviour_is_what_a_hint_is_about() {
        for (status, message, cause) in [
            (Status::Fail, "sold() returned 1, expected 2", Cause::Behaviour),
            (Status::Fail, "5 numbers: the code panicked: boom", Cause::Panic),
            (Status::Fail, "5 numbers: the program does not tell the sum", Cause::Other),
            (Status::Inconclusive, "not decided: too many states", Cause::Other),
            (Status::Pass, "", Cause::Other),
        ] {
            assert_eq!(Cause::of(status, message), cause, "{message}");
        }
    }
}
