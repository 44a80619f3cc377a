//! The mistakes. The part of the code between the marks is replaced.

/// A mistake in one place.
pub struct Mutant {
    /// What is wrong with it.
    pub what: &'static str,
    /// The file, from `src`.
    pub file: &'static str,
    /// The code, which the file contains once. The part that changes is marked.
    pub code: &'static str,
    /// What takes the place of that part.
    pub mistake: &'static str,
}

const fn mutant(what: &'static str, file: &'static str, code: &'static str, mistake: &'static str) -> Mutant {
    Mutant { what, file, code, mistake }
}

pub const MUTANTS: [Mutant; 54] = [
    // One memory, and store buffers.
    mutant(
        "a thread does not see its own buffered store",
        "order.rs",
        "own.map_or_else(|| «self.objects[object as usize].memory()», |store| store.value)",
        "1 + self.objects[object as usize].memory()",
    ),
    mutant(
        "a buffer is last in, first out",
        "order.rs",
        "«after.buffer(thread as ThreadId).remove(0)»;",
        "after.buffer(thread as ThreadId).pop().unwrap()",
    ),
    mutant("a SeqCst store waits in the buffer", "order.rs", "if self.buffered && «!is_sequential» =>", "true"),
    mutant("a SeqCst fence does not wait for the buffer", "order.rs", "Action::Fence if «!is_sequential» =>", "true"),
    mutant(
        "read-modify-writes do not wait for the buffer",
        "order.rs",
        "_ if «!buffer.is_empty()» => {}",
        "!buffer.is_empty() && !matches!(operation.action, Action::Update(..))",
    ),
    mutant(
        "an update does not write",
        "order.rs",
        "turn.done(Answer::value(value), |after| after.store(object, «update.apply(value, mask)»));",
        "value",
    ),
    mutant(
        "a strong exchange fails by chance",
        "order.rs",
        "if «value != expected || weak && self.by_chance» {",
        "true",
    ),
    mutant(
        "a weak exchange never fails by chance",
        "order.rs",
        "if «value != expected || weak && self.by_chance» {",
        "value != expected",
    ),
    mutant(
        "a failure by chance counts as a way to the end",
        "order.rs",
        "Action::Park => turn.end_with(Answer { value: 0, failed: true }, «StepKind::ByChance», |_| {}),",
        "StepKind::Operation",
    ),
    mutant(
        "a token stays when it is taken",
        "order.rs",
        "turn.done(Answer::NOTHING, |after| after.tokens = «after.tokens.without(thread)»);",
        "after.tokens",
    ),
    mutant(
        "a thread is joined before its stores reach memory",
        "order.rs",
        "&& «turn.state.buffers[child].is_empty()»",
        "true",
    ),
    // Locks and their like.
    mutant(
        "a mutex is taken while it is held",
        "order.rs",
        "for effect in «synchronise(operation, thread, &turn.state.objects)» {",
        "synchronise(operation, thread, &turn.state.objects.iter().map(|&held| match held { Held::Mutex { content, poisoned, holder: Some(_) } if operation.action == Action::Lock => Held::Mutex { content, poisoned, holder: None }, held => held }).collect::<Vec<_>>())",
    ),
    mutant(
        "a notification wakes no thread",
        "object.rs",
        "let wakes = |woken| done(Answer::NOTHING, Held::Condvar { waiting: «waiting.without(woken)» });",
        "waiting",
    ),
    mutant(
        "notify_all wakes no thread",
        "object.rs",
        "(Action::NotifyAll, Held::Condvar { .. }) => {\n            done(Answer::NOTHING, Held::Condvar { waiting: «Threads::default()» })",
        "match held { Held::Condvar { waiting } => waiting, _ => Threads::default() }",
    ),
    mutant(
        "a thread that woke up by chance still waits",
        "object.rs",
        "let by_chance = waiting.contains(thread);\n            let held = Held::Condvar { waiting: «waiting.without(thread)» };",
        "waiting",
    ),
    mutant(
        "a barrier lets the last thread alone go on",
        "object.rs",
        "let is_last = u64::from(arrived) + 1 >= «size»;",
        "size + 1",
    ),
    mutant(
        "a lock is never poisoned",
        "object.rs",
        "(Action::Unlock { content, poisoned }, Held::Mutex { .. }) => {\n            done(Answer::NOTHING, «Held::Mutex { content, poisoned, holder: None }»)",
        "Held::Mutex { content, poisoned: false, holder: None }",
    ),
    // C++20.
    mutant(
        "an acquire load learns nothing",
        "graph/mod.rs",
        "if acquires(ordering) {\n            event.now = «join(event.now, message)»;",
        "event.now",
    ),
    mutant(
        "a relaxed load acquires",
        "graph/mod.rs",
        "if «acquires(ordering)» {\n            event.now = join(event.now, message);",
        "true",
    ),
    mutant(
        "a release store hands on nothing",
        "graph/mod.rs",
        "event.message = if releases(ordering) { «event.now» } else { event.fenced };",
        "event.fenced",
    ),
    mutant("a relaxed store releases", "graph/mod.rs", "event.message = if «releases(ordering)» { event.now }", "true"),
    mutant(
        "a release fence does nothing",
        "graph/mod.rs",
        "if «releases(self.operation.ordering)» {\n                    event.fenced = event.now;",
        "false",
    ),
    mutant(
        "an acquire fence does nothing",
        "graph/mod.rs",
        "if acquires(self.operation.ordering) {\n                    event.now = join(event.now, «event.later»);",
        "event.now",
    ),
    mutant(
        "a read-modify-write ends a release sequence",
        "graph/mod.rs",
        "event.message = join(event.message, «self.graph.message(source)»);",
        "event.message",
    ),
    mutant(
        "a store comes between the halves of an update",
        "graph/mod.rs",
        "for position in graph.oldest(object, &event.now) + 1..=graph.last(object) + 1 {\n                    if «!graph.is_followed_by_its_update(object, position - 1)» {",
        "true",
    ),
    mutant(
        "two updates read from one store",
        "graph/mod.rs",
        "if let Some(new) = new\n                && «!graph.is_followed_by_its_update(object, position)»",
        "true",
    ),
    mutant(
        "a store comes last in the modification order",
        "graph/mod.rs",
        "for position in «graph.oldest(object, &event.now) + 1»..=graph.last(object) + 1 {",
        "graph.last(object) + 1",
    ),
    mutant(
        "a load reads the newest store alone",
        "graph/mod.rs",
        "for position in «graph.oldest(object, &self.blank.now)»..=graph.last(object) {",
        "graph.last(object)",
    ),
    mutant(
        "coherence of reads is forgotten",
        "graph/event.rs",
        "|event: &Rc<Event>| event.object == object && («event.writes.is_some() || event.source.is_some()»);",
        "event.writes.is_some()",
    ),
    mutant(
        "a lock hands on nothing",
        "graph/mod.rs",
        "Action::Unlock { .. } | Action::Downgrade { .. } => [«*now», START],",
        "first",
    ),
    mutant(
        "readers hand on nothing",
        "graph/mod.rs",
        "Action::UnlockShared => [first, «join(second, *now)»],",
        "second",
    ),
    mutant(
        "a barrier hands on nothing",
        "graph/mod.rs",
        "Action::Leave(_) => {\n            *now = «join(*now, second)»;",
        "*now",
    ),
    mutant(
        "a started thread knows nothing",
        "graph/mod.rs",
        "let birth = Birth { parent: Some((self.thread, number)), now: «self.blank.now» };",
        "START",
    ),
    mutant(
        "join learns nothing",
        "graph/mod.rs",
        "event.now = join(event.now, «graph.known(child as ThreadId)»);",
        "event.now",
    ),
    mutant(
        "unpark hands on nothing",
        "graph/mod.rs",
        "event.now = join(event.now, «self.graph.shared.given_to_parked[thread as usize]»);",
        "event.now",
    ),
    mutant(
        "races of two reads are reported",
        "graph/event.rs",
        "&& («earlier.writes.is_some() || event.writes.is_some()»)",
        "true",
    ),
    mutant(
        "psc has no happens-before between locations",
        "graph/sequential.rs",
        "overtaken[b] | «through(through(elsewhere[b], hb), &elsewhere)»)",
        "0",
    ),
    mutant(
        "psc forgets fences before accesses",
        "graph/sequential.rs",
        "let base = reached & accesses | («reached | through(reached, hb)») & fences;",
        "reached",
    ),
    mutant(
        "psc forgets what overtakes",
        "graph/sequential.rs",
        ".map(|b| sb[b] | hb[b] & here[b] | «overtaken[b]» |",
        "0",
    ),
    mutant(
        "a finished initialisation hands on nothing",
        "graph/mod.rs",
        "Action::FinishOnce { .. } => [«*now», START],",
        "first",
    ),
    mutant(
        "a dropped sender hands on nothing",
        "graph/mod.rs",
        "Action::DropSender => [«join(first, *now)», second],",
        "first",
    ),
    // Keys.
    mutant(
        "a key of one memory has no values",
        "order.rs",
        "held.code()[..parts].iter().for_each(|&part| key.push(«part»));",
        "0",
    ),
    mutant(
        "a key of one memory has no tokens",
        "order.rs",
        "key.push(«state.tokens.contains(thread)».into());",
        "false",
    ),
    mutant(
        "a key of one memory has no places in the code",
        "order.rs",
        "key.push(«state.at[thread as usize]».into());",
        "0u32",
    ),
    mutant("a key of buffers has no values", "order.rs", "key.push(«store.value»);", "0"),
    mutant("a key does not say who holds a lock", "machine.rs", "key.push(«held.role(thread)»);", "0"),
    mutant(
        "a key of graphs has no reads-from",
        "graph/mod.rs",
        "event.source.map_or(0, |source| «1 + places.of(source)»);",
        "1",
    ),
    mutant(
        "a key of graphs has no modification order",
        "graph/mod.rs",
        "key.push(«places.of(EventId::new(thread, number))»);",
        "0",
    ),
    mutant("a key of views has no values", "graph/view.rs", "key.push(«self.graph.value(write)»);", "0"),
    mutant(
        "a key of views does not say what an update follows",
        "graph/view.rs",
        "key.push(«self.graph.is_followed_by_its_update(object as ObjectId, place)».into());",
        "false",
    ),
    mutant(
        "a key of views has no messages",
        "graph/view.rs",
        "«self.push(key, &self.graph.message(write), Some(object))»;",
        "self.push(key, &START, Some(object))",
    ),
    mutant(
        "a key of views has no release fences",
        "graph/view.rs",
        "vec![now, join(now, later), «fenced», graph.shared",
        "START",
    ),
    mutant("a key of views has no acquire fences", "graph/view.rs", "vec![now, «join(now, later)», fenced,", "now"),
    // Hangs and waiting.
    mutant(
        "chance counts as a way to an end",
        "hang.rs",
        "let kept = || edges.iter().filter(|edge| «!edge.is_by_chance()»);",
        "true",
    ),
];
