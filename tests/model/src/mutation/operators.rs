//! The mistakes that are made on purpose. Each is a rewrite of one line of code, and gives code that compiles.

use super::Counter;

/// A kind of mistake.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// The name of the mistake.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub what: &'static str,
    /// Every way in which it changes a line.
    pub rewrite: fn(&str) -> Vec<String>,
}

/// The three that no protected counter may survive.
pub const DROP_LOCK: &str = "drop the lock";
/// The second of these three operators.
pub const WEAKEN: &str = "weaken an ordering";
/// The third of these three operators.
pub const SPLIT: &str = "split a read-modify-write";

/// All operators, in the order of the report.
pub const ALL: [Operator; 8] = [
    Operator {
        name: DROP_LOCK,
        what: "The lock is not taken, not released, or released between the read and the write.",
        rewrite: drop_lock,
    },
    Operator { name: WEAKEN, what: "An ordering becomes Relaxed.", rewrite: weaken },
    Operator {
        name: SPLIT,
        what: "An operation that reads and writes in one step takes two, with the same orderings.",
        rewrite: split,
    },
    Operator {
        name: "ignore a comparison",
        what: "A compare-exchange always writes and reports success, whatever value it finds.",
        rewrite: ignore_comparison,
    },
    Operator { name: "try once", what: "A loop runs at most once.", rewrite: try_once },
    Operator { name: "delete a statement", what: "Any statement except a declaration is removed.", rewrite: delete },
    Operator { name: "change a number", what: "0 becomes 1, 1 becomes 2, all others 0.", rewrite: change_number },
    Operator { name: "forget a part", what: "The value is the largest part instead of the sum.", rewrite: forget_part },
];

/// Changes nothing: what it makes must survive wherever the counter is correct.
pub const NOTHING: Operator =
    Operator { name: "change nothing", what: "The line stays.", rewrite: |code| vec![code.to_string()] };

/// The lines of a counter that are code inside an item, numbered from 1 as in its file, without indentation and comments. The
/// counter's lines are those from its type to the next type.
pub fn code(counter: &Counter) -> Vec<(usize, &str)> {
    let is_type = |line: &str| line.starts_with("pub struct ");
    let is_its_type = |line: &str| {
        let rest = line.strip_prefix("pub struct ").and_then(|rest| rest.strip_prefix(counter.type_name().as_str()));
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_'))
    };
    let numbered = || (1..).zip(counter.source.lines());
    let from = numbered().find(|(_, line)| is_its_type(line)).map_or(usize::MAX, |(number, _)| number);
    let lines = numbered().filter(|(number, _)| *number >= from);
    let lines = lines.take_while(|(number, line)| *number == from || !is_type(line));
    let inside = lines.filter(|(_, line)| line.starts_with(' '));
    let code = inside.map(|(number, line)| (number, line.split("//").next().unwrap_or_default().trim()));
    code.filter(|(_, code)| !code.is_empty() && !code.starts_with("#[")).collect()
}

/// A call of a method.
struct Call<'a> {
    before: &'a str,
    receiver: &'a str,
    arguments: Vec<&'a str>,
    after: &'a str,
}

/// The first call of this method in a line.
fn call<'a>(code: &'a str, method: &str) -> Option<Call<'a>> {
    let name = format!(".{method}(");
    let dot = code.find(&name)?;
    let is_receiver = |c: char| c.is_alphanumeric() || "_.[]".contains(c);
    let start = code[..dot].rfind(|c| !is_receiver(c)).map_or(0, |other| other + 1);
    let inside = &code[dot + name.len()..];
    let (mut depth, mut begin, mut arguments) = (1, 0, Vec::new());
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            arguments.push(inside[begin..at].trim());
            begin = at + 1;
        }
        if depth == 0 {
            return Some(Call {
                before: &code[..start],
                receiver: &code[start..dot],
                arguments,
                after: &inside[begin..],
            });
        }
    }
    None
}

impl Call<'_> {
    fn replaced(&self, with: &str) -> String {
        format!("{}{with}{}", self.before, self.after)
    }
}

fn compare_exchange(code: &str) -> Option<Call<'_>> {
    call(code, "compare_exchange").or_else(|| call(code, "compare_exchange_weak"))
}

/// Replaces a line by an empty one.
fn nothing() -> Vec<String> {
    vec![String::new()]
}

fn drop_lock(code: &str) -> Vec<String> {
    if is_own_lock(code) {
        return nothing();
    }
    if code.starts_with("let ") && code.ends_with(".read();") {
        return vec![format!("{code} self.unlock(); self.lock();")]; // plain memory, under a lock that the counter has made
    }
    let locked = code.split_once(" += ").filter(|(place, _)| place.starts_with('*') && place.contains(".lock()"));
    let split = locked.map(|(place, amount)| format!("let seen = {place}; {place} = seen + {amount}"));
    split.into_iter().collect()
}

/// Whether all that a statement does is to take or to give back a lock that the counter has made itself.
fn is_own_lock(code: &str) -> bool {
    ["self.lock();", "self.unlock();"].contains(&code)
}

fn weaken(code: &str) -> Vec<String> {
    let uses = ["Acquire", "Release", "AcqRel", "SeqCst"].into_iter().flat_map(|ordering| code.match_indices(ordering));
    uses.map(|(at, ordering)| format!("{}Relaxed{}", &code[..at], &code[at + ordering.len()..])).collect()
}

/// What an ordering asks of the read and of the write of an operation that does both.
fn halves(ordering: &str) -> [&str; 2] {
    match ordering {
        "Acquire" => ["Acquire", "Relaxed"],
        "Release" => ["Relaxed", "Release"],
        "AcqRel" => ["Acquire", "Release"],
        both => [both, both],
    }
}

fn split(code: &str) -> Vec<String> {
    let add = call(code, "fetch_add").map(|call| {
        let (Call { receiver, arguments, .. }, [read, write]) = (&call, halves(call.arguments[1]));
        let store = format!("{receiver}.store(found + {}, {write})", arguments[0]);
        call.replaced(&format!("({{ let found = {receiver}.load({read}); {store}; found }})"))
    });
    let exchange = compare_exchange(code).map(|call| {
        let (Call { receiver, arguments, .. }, [read, write]) = (&call, halves(call.arguments[2]));
        let succeed = format!("{{ {receiver}.store({}, {write}); Ok(found) }}", arguments[1]);
        let [read, expected] = [format!("{receiver}.load({read})"), arguments[0].to_string()];
        call.replaced(&format!("(match {read} {{ found if found == {expected} => {succeed}, found => Err(found) }})"))
    });
    add.into_iter().chain(exchange).collect()
}

fn ignore_comparison(code: &str) -> Vec<String> {
    let exchange = compare_exchange(code).map(|call| {
        let [expected, new, success] = [0, 1, 2].map(|index| call.arguments[index]);
        call.replaced(&format!("Some({}.swap({new}, {success})).ok_or({expected})", call.receiver))
    });
    exchange.into_iter().collect()
}

fn try_once(code: &str) -> Vec<String> {
    code.strip_prefix("while ").map(|condition| format!("if {condition}")).into_iter().collect()
}

fn delete(code: &str) -> Vec<String> {
    let is_declaration = code.starts_with("let ") || code.starts_with("const ");
    if code.ends_with(';') && !is_declaration && !is_own_lock(code) { nothing() } else { Vec::new() }
}

fn change_number(code: &str) -> Vec<String> {
    let is_digit = |c: char| c.is_ascii_digit();
    // The 0 of `self.0` names a field, and the 64 of `u64` a type; but the 0 of `0..n` is a number, and so is that of `n..0`.
    let is_name = |before: &str| {
        before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            || (before.ends_with('.') && !before.ends_with(".."))
    };
    let starts = code.char_indices().filter(|&(at, c)| is_digit(c) && !is_name(&code[..at]));
    let changed = starts.map(|(at, _)| {
        let rest = code[at..].trim_start_matches(is_digit);
        let number = &code[at..code.len() - rest.len()];
        let other = match number {
            "0" => "1",
            "1" => "2",
            _ => "0",
        };
        format!("{}{other}{rest}", &code[..at])
    });
    changed.collect()
}

fn forget_part(code: &str) -> Vec<String> {
    if code.contains(".sum()") { vec![code.replace(".sum()", ".max().unwrap_or(0)")] } else { Vec::new() }
}
