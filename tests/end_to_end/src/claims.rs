//! The claims of a handout. `<!-- check: … -->` must hold for a run's report; `<!-- observe: … -->` is only reported.
//!
//! A claim is `PATH OP VALUE [and PATH OP VALUE ...]`. A path is a row's variant and fields in it, or `quantities.NAME`
//! and fields, or `parameters.NAME`, or `machine.NAME`. A value is a number, `true`, `false`, a path, or `NUMBER *
//! PATH`. `check [--threads 4]: …` is about a run with these flags.

use serde_json::Value;

/// A claim of a handout about a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Whether it must hold. Otherwise it depends on chance or on the machine.
    pub must_hold: bool,
    /// The flags of the run; empty for the default run.
    pub flags: String,
    /// The text in the handout.
    pub text: String,
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq)]
struct Condition {
    left: String,
    comparison: Comparison,
    right: Operand,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Comparison {
    Less,
    Greater,
    AtMost,
    AtLeast,
    Equal,
    Different,
}

#[derive(Clone, Debug, PartialEq)]
enum Operand {
    Number(f64),
    Truth(bool),
    Scaled(f64, String),
}

/// A figure of a report that can be compared.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Figure {
    Number(f64),
    Truth(bool),
}

/// Whether a claim holds, and with which figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Whether all its conditions hold.
    pub holds: bool,
    /// The figures that decided, as `left OP right` with numbers instead of names.
    pub figures: String,
}

/// Why a claim could not be judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Unjudged {
    /// The claim uses a path that no report has.
    Nonsense(String),
    /// The claim uses a figure that this run did not measure, though another run might.
    NotMeasured(String),
}

/// Parses the claim in a comment.
///
/// # Errors
///
/// Why the text is not a claim.
pub fn parse(comment: &str) -> Result<Claim, String> {
    let text = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    let wrong = |what: &str| format!("<!-- {text} -->: {what}");
    let (head, body) = text.split_once(": ").ok_or_else(|| wrong("neither \"check: …\" nor \"observe: …\""))?;
    let (kind, flags) = match head.split_once(' ') {
        None => (head, ""),
        Some((kind, flags)) => {
            let flags = flags.strip_prefix('[').and_then(|flags| flags.strip_suffix(']'));
            (kind, flags.ok_or_else(|| wrong("its flags stand in no brackets"))?)
        }
    };
    let must_hold = match kind {
        "check" => true,
        "observe" => false,
        _ => return Err(wrong("neither \"check: …\" nor \"observe: …\"")),
    };
    let conditions = body.split(" and ").map(condition).collect::<Result<_, _>>().map_err(|what| wrong(&what))?;
    Ok(Claim { must_hold, flags: flags.to_string(), text, conditions })
}

fn condition(text: &str) -> Result<Condition, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let [left, comparison, right @ ..] = words.as_slice() else {
        return Err(format!("{text:?} is no PATH OP VALUE"));
    };
    let comparison = match *comparison {
        "<" => Comparison::Less,
        ">" => Comparison::Greater,
        "<=" => Comparison::AtMost,
        ">=" => Comparison::AtLeast,
        "==" => Comparison::Equal,
        "!=" => Comparison::Different,
        other => return Err(format!("{other:?} compares nothing")),
    };
    let right = match right {
        ["true"] => Operand::Truth(true),
        ["false"] => Operand::Truth(false),
        [value] => value.parse().map_or_else(|_| Operand::Scaled(1.0, value.to_string()), Operand::Number),
        [factor, "*", path] => {
            Operand::Scaled(factor.parse().map_err(|_| format!("{factor:?} is not a number"))?, path.to_string())
        }
        _ => return Err(format!("{text:?} has no single VALUE")),
    };
    Ok(Condition { left: left.to_string(), comparison, right })
}

impl Claim {
    /// Checks the claim against a report.
    ///
    /// # Errors
    ///
    /// The figure that is missing from the report, or that cannot be compared.
    pub fn judge(&self, report: &Value) -> Result<Verdict, Unjudged> {
        let mut verdict = Verdict { holds: true, figures: String::new() };
        for condition in &self.conditions {
            let left = figure(report, &condition.left)?;
            let right = match &condition.right {
                Operand::Number(number) => Figure::Number(*number),
                Operand::Truth(truth) => Figure::Truth(*truth),
                Operand::Scaled(factor, path) => match figure(report, path)? {
                    Figure::Number(number) => Figure::Number(factor * number),
                    truth => truth,
                },
            };
            let (holds, sign) = condition.comparison.judge(left, right)?;
            verdict.holds &= holds;
            verdict.figures += if verdict.figures.is_empty() { "" } else { " and " };
            verdict.figures += &format!("{} {sign} {}", left.show(), right.show());
        }
        Ok(verdict)
    }
}

impl Comparison {
    fn judge(self, left: Figure, right: Figure) -> Result<(bool, &'static str), Unjudged> {
        let ordered = |compare: fn(&f64, &f64) -> bool, sign| match (left, right) {
            (Figure::Number(left), Figure::Number(right)) => Ok((compare(&left, &right), sign)),
            _ => Err(Unjudged::Nonsense(format!("{sign} compares numbers"))),
        };
        match self {
            Self::Less => ordered(f64::lt, "<"),
            Self::Greater => ordered(f64::gt, ">"),
            Self::AtMost => ordered(f64::le, "<="),
            Self::AtLeast => ordered(f64::ge, ">="),
            Self::Equal => Ok((left == right, "==")),
            Self::Different => Ok((left != right, "!=")),
        }
    }
}

impl Figure {
    fn show(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
        }
    }
}

/// Returns the figure at a path of a report.
fn figure(report: &Value, path: &str) -> Result<Figure, Unjudged> {
    let unknown = || Unjudged::Nonsense(format!("no report has {path}"));
    let (first, rest) = path.split_once('.').ok_or_else(unknown)?;
    let named = |list: &str, key: &str, name: &str| {
        report[list].as_array().and_then(|items| items.iter().find(|item| item[key] == name)).ok_or_else(unknown)
    };
    let (mut place, rest) = match first {
        "parameters" | "machine" => (&report[first], rest),
        "quantities" => {
            let (name, rest) = rest.split_once('.').ok_or_else(unknown)?;
            (named("quantities", "name", name)?, rest)
        }
        variant => (named("rows", "variant", variant)?, rest),
    };
    for step in rest.split('.') {
        let next = match step.parse::<usize>() {
            Ok(index) if place.is_array() => place.get(index),
            _ => place.get(step),
        };
        place = next.ok_or_else(|| Unjudged::NotMeasured(format!("this report has no {path}")))?;
    }
    match place {
        Value::Bool(truth) => Ok(Figure::Truth(*truth)),
        Value::Null => Err(Unjudged::NotMeasured(format!("{path} is null"))),
        place => place.as_f64().map(Figure::Number).ok_or_else(|| Unjudged::Nonsense(format!("{path} is {place}"))),
    }
}
