//! The mutants that are not mistakes: what they change makes no difference to the counter's final value.

use super::Mutant;

const OWN: &str = "No other thread writes a thread's own integer, so no other thread can act between the read and the write. A split \
                   counter whose integer is shared is always caught.";
const PATIENCE: &str = "How often a waiting thread tries before it offers its CPU to others changes only the speed: it leaves the loop \
                        only when it has the lock.";
const HINT: &str =
    "A hint that a thread waits changes only the speed. That it waits, the explorer sees without a hint.";
const UNCALLED: &str = "Nothing calls increment here: in the lab and in the model, a thread adds all its increments with one call of add_many.";
/// The variant, the operator, the line before the change, and why the mutant is as correct as the counter.
type Harmless = (&'static str, &'static str, &'static str, &'static str);

/// The mutants that survive because they are not mistakes.
const SURVIVORS: [Harmless; 10] = [
    ("spin", "delete a statement", "tries += 1;", PATIENCE),
    ("spin", "change a number", "const PATIENCE: u32 = 100;", PATIENCE),
    ("spin", "change a number", "let mut tries = 0;", PATIENCE),
    ("spin", "change a number", "tries += 1;", PATIENCE),
    ("spin", "delete a statement", "hint::spin_loop();", HINT),
    ("spin", "delete a statement", "thread::yield_now();", HINT),
    ("padded", "split a read-modify-write", "self.0[thread].fetch_add(1, Relaxed);", OWN),
    ("adjacent", "split a read-modify-write", "self.0[thread].fetch_add(1, Relaxed);", OWN),
    ("local-then-add", "delete a statement", "self.add_many(thread, 1);", UNCALLED),
    ("local-then-add", "change a number", "self.add_many(thread, 1);", UNCALLED),
];

/// Returns why a mutant survives, if it should.
pub fn reason(mutant: &Mutant) -> Option<&'static str> {
    let is_it = |&&(variant, operator, before, _): &&Harmless| {
        (variant, operator, before) == (mutant.counter.variant, mutant.operator, mutant.before.as_str())
    };
    SURVIVORS.iter().find(is_it).map(|(.., reason)| *reason)
}
