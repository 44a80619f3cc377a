//! Random programs, for comparisons of explorations.

use explorer::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};
use explorer::sync::atomic::{AtomicU64, fence};
use explorer::sync::{Barrier, Condvar, Mutex, Once, RacyCell, RwLock, checkpoint, thread};
use explorer::{Main, Program};

/// A generator of random numbers: Marsaglia's xorshift.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// What the threads of a random program share.
pub struct Shared {
    atomics: [AtomicU64; 3],
    plain: [RacyCell; 2],
    mutex: Mutex<u64>,
    changed: Condvar,
    lock: RwLock<u64>,
    barrier: Barrier,
    once: Once,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            atomics: Default::default(),
            plain: Default::default(),
            mutex: Mutex::default(),
            changed: Condvar::new(),
            lock: RwLock::default(),
            barrier: Barrier::new(2),
            once: Once::new(),
        }
    }
}

/// An instruction of a random program. Numbers are those of atomics or of plain cells, and values.
#[derive(Clone, Copy, Debug)]
pub enum Instruction {
    Load(usize, Ordering),
    Store(usize, u64, Ordering),
    /// Stores one more than what was read last.
    StoreNext(usize, Ordering),
    Swap(usize, u64, Ordering),
    Exchange(usize, u64, Ordering, Ordering),
    WeakExchange(usize, u64, Ordering),
    Fence(Ordering),
    /// Reads plain memory if the value that was read last is not 0.
    ReadIf(usize),
    WriteIf(usize),
    /// Reads plain memory, whatever was read before.
    Read(usize),
    Write(usize),
    /// Adds to plain memory while it holds the mutex.
    Locked(usize),
    TryLocked(usize),
    /// Reads plain memory while it holds the read-write lock.
    LockedForReading(usize),
    LockedForWriting(usize),
    /// Waits for a notification, without a condition, while it holds the mutex.
    Wait(usize),
    Notify,
    /// Arrives at a barrier for two threads.
    Arrive,
    /// Writes plain memory if no thread has done so in this way.
    Once(usize),
    Park,
}

/// Runs instructions. Returns all values that they have read.
pub fn run(instructions: &[Instruction], shared: &Shared) -> Vec<u64> {
    let mut seen = Vec::new();
    for &instruction in instructions {
        let last = seen.last().copied().unwrap_or(0);
        // SAFETY: none is needed: the explorer looks for races.
        unsafe {
            match instruction {
                Instruction::Load(atomic, ordering) => seen.push(shared.atomics[atomic].load(ordering)),
                Instruction::Store(atomic, value, ordering) => shared.atomics[atomic].store(value, ordering),
                Instruction::StoreNext(atomic, ordering) => shared.atomics[atomic].store(last + 1, ordering),
                Instruction::Swap(atomic, value, ordering) => seen.push(shared.atomics[atomic].swap(value, ordering)),
                Instruction::Exchange(atomic, value, success, failure) => {
                    let result = shared.atomics[atomic].compare_exchange(last, value, success, failure);
                    seen.push(result.unwrap_or_else(|now| now));
                }
                Instruction::WeakExchange(atomic, value, ordering) => {
                    let result = shared.atomics[atomic].compare_exchange_weak(last, value, ordering, Relaxed);
                    seen.push(result.is_ok().into());
                }
                Instruction::Fence(ordering) => fence(ordering),
                Instruction::ReadIf(cell) if last != 0 => seen.push(shared.plain[cell].read()),
                Instruction::WriteIf(cell) if last != 0 => shared.plain[cell].write(last),
                Instruction::ReadIf(_) | Instruction::WriteIf(_) => {}
                Instruction::Read(cell) => seen.push(shared.plain[cell].read()),
                Instruction::Write(cell) => shared.plain[cell].write(9),
                Instruction::Locked(cell) => {
                    let mut held = shared.mutex.lock().unwrap();
                    *held += 1;
                    let now = shared.plain[cell].read();
                    shared.plain[cell].write(now + 1);
                }
                Instruction::TryLocked(cell) => {
                    if let Ok(held) = shared.mutex.try_lock() {
                        shared.plain[cell].write(5 + *held);
                    }
                }
                Instruction::LockedForReading(cell) => {
                    let held = shared.lock.read().unwrap();
                    seen.push(*held + shared.plain[cell].read());
                }
                Instruction::LockedForWriting(cell) => {
                    let mut held = shared.lock.write().unwrap();
                    *held += 1;
                    shared.plain[cell].write(*held);
                }
                Instruction::Wait(cell) => {
                    let held = shared.changed.wait(shared.mutex.lock().unwrap()).unwrap();
                    shared.plain[cell].write(7 + *held);
                }
                Instruction::Notify => shared.changed.notify_one(),
                Instruction::Arrive => seen.push(shared.barrier.wait().is_leader().into()),
                Instruction::Once(cell) => shared.once.call_once(|| shared.plain[cell].write(3)),
                Instruction::Park => thread::park(),
            }
        }
    }
    seen
}

/// What a random program may use.
#[derive(Clone, Copy)]
pub struct Kinds {
    pub atomics: u64,
    pub plain: bool,
    pub locks: bool,
    /// Condition variables, barriers, `Once`, and parking.
    pub waiting: bool,
}

impl Kinds {
    /// Picks one of the items.
    pub fn random(random: &mut Random) -> Self {
        let [plain, locks, waiting] = [(); 3].map(|()| random.below(3) == 0);
        Self { atomics: 1 + random.below(3), plain, locks, waiting }
    }
}

impl Random {
    pub fn instruction(&mut self, kinds: Kinds) -> Instruction {
        let (atomic, cell) = (self.below(kinds.atomics) as usize, self.below(2) as usize);
        if kinds.locks && self.below(4) == 0 {
            return self.pick(&[
                Instruction::Locked(cell),
                Instruction::Locked(cell),
                Instruction::TryLocked(cell),
                Instruction::LockedForReading(cell),
                Instruction::LockedForReading(cell),
                Instruction::LockedForWriting(cell),
            ]);
        }
        if kinds.waiting && self.below(3) == 0 {
            return self.pick(&[
                Instruction::Wait(cell),
                Instruction::Notify,
                Instruction::Notify,
                Instruction::Arrive,
                Instruction::Arrive,
                Instruction::Once(cell),
                Instruction::Park,
            ]);
        }
        match self.below(if kinds.plain { 17 } else { 11 }) {
            0..3 => Instruction::Load(atomic, self.pick(&[Relaxed, Acquire])),
            3..5 => Instruction::Store(atomic, 1 + self.below(3), self.pick(&[Relaxed, Release])),
            5 => Instruction::StoreNext(atomic, self.pick(&[Relaxed, Release])),
            6..8 => Instruction::Swap(atomic, 1 + self.below(3), self.pick(&[Relaxed, Acquire, Release, AcqRel])),
            8 if self.below(3) == 0 => Instruction::WeakExchange(atomic, 4, self.pick(&[Relaxed, AcqRel])),
            8 => {
                let success = self.pick(&[Relaxed, Acquire, Release, AcqRel]);
                Instruction::Exchange(atomic, 1 + self.below(3), success, self.pick(&[Relaxed, Acquire]))
            }
            9..11 => Instruction::Fence(self.pick(&[Acquire, Release, AcqRel])),
            11..14 => Instruction::ReadIf(cell),
            _ => Instruction::WriteIf(cell),
        }
    }

    pub fn instructions(&mut self, kinds: Kinds, count: u64) -> Vec<Instruction> {
        (0..count).map(|_| self.instruction(kinds)).collect()
    }

    /// Returns 2 or 3 threads that have this many instructions together, or a few more.
    pub fn threads(&mut self, instructions: u64) -> Vec<Vec<Instruction>> {
        let (kinds, threads) = (Kinds::random(self), 2 + self.below(2));
        (0..threads).map(|_| self.instructions(kinds, instructions.div_ceil(threads))).collect()
    }
}

impl Random {
    /// Returns instructions that store with few values and locations. Then it is likely that another thread reads the
    /// same value from different writes.
    pub fn stores(&mut self, count: u64) -> Vec<Instruction> {
        let instruction = |_| match self.below(4) {
            0 => Instruction::Fence(Release),
            _ => Instruction::Store(self.below(2) as usize, 1, self.pick(&[Relaxed, Release])),
        };
        (0..count).map(instruction).collect()
    }

    /// Returns instructions that mostly load.
    pub fn loads(&mut self, count: u64) -> Vec<Instruction> {
        let instruction = |_| match self.below(8) {
            0 => Instruction::Fence(Acquire),
            1 => Instruction::Fence(Release),
            2 => Instruction::Store(2, 1, self.pick(&[Relaxed, Release])),
            _ => Instruction::Load(self.below(2) as usize, self.pick(&[Relaxed, Acquire])),
        };
        (0..count).map(instruction).collect()
    }

    /// Returns instructions that hand on what was known at a fence, and not what is known at the store.
    fn relay(&mut self) -> Vec<Instruction> {
        let fence = Instruction::Fence(self.pick(&[Release, AcqRel]));
        [self.loads(1), vec![fence], self.loads(2), vec![Instruction::Store(2, 1, Relaxed)]].concat()
    }

    /// Returns three threads. The first reads plain memory, and others write it, at the end.
    pub fn reader_of_plain_memory(&mut self) -> Vec<Vec<Instruction>> {
        let reading = [self.stores(1), vec![Instruction::Read(0)], self.stores(2)].concat();
        let write = vec![Instruction::Write(0)];
        if self.below(2) == 0 {
            return vec![reading, self.stores(2), [self.loads(3), write].concat()];
        }
        // The last thread hands on what it knows, and the second one writes.
        let handing_on = [self.loads(3), vec![Instruction::Store(2, 1, Release)]].concat();
        vec![reading, [self.stores(1), vec![Instruction::Load(2, Acquire)], write].concat(), handing_on]
    }

    /// Returns two threads that store, and one that loads.
    pub fn writers_and_reader(&mut self) -> Vec<Vec<Instruction>> {
        let reader = if self.below(2) == 0 { self.loads(4) } else { self.relay() };
        vec![self.stores(3), self.stores(2), reader]
    }
}

/// Returns a program whose outcomes are all that the threads have read, and what the atomics hold in the end.
pub fn program(threads: &[Vec<Instruction>]) -> Program<Shared> {
    let mut program = Program::new(Shared::default);
    for instructions in threads {
        let instructions = instructions.clone();
        program = program.thread(move |shared| run(&instructions, shared));
    }
    program.end(|shared| shared.atomics.iter().map(|atomic| atomic.load(Relaxed)).collect::<Vec<_>>())
}

/// Returns a program of threads that run the same instructions several times, beside some other threads.
pub fn group(count: usize, rounds: u64, instructions: &[Instruction], others: &[Vec<Instruction>]) -> Program<Shared> {
    let instructions = instructions.to_vec();
    let mut program = Program::new(Shared::default).threads(count, move |shared, _| {
        for round in 0..rounds {
            checkpoint(round);
            run(&instructions, shared);
        }
    });
    for instructions in others {
        let instructions = instructions.clone();
        program = program.thread(move |shared| run(&instructions, shared));
    }
    program.end(|shared| {
        // SAFETY: all threads have ended.
        let plain = shared.plain.iter().map(|cell| unsafe { cell.read() });
        shared.atomics.iter().map(|atomic| atomic.load(Relaxed)).chain(plain).collect::<Vec<_>>()
    })
}

/// Returns a program whose first thread starts others, unparks the first of them before and after its third part, and
/// joins all before its last part.
pub fn main(children: &[Vec<Instruction>], parts: &[Vec<Instruction>; 4]) -> Main {
    let (children, parts) = (children.to_vec(), parts.clone());
    Main::new(move || {
        let shared = Shared::default();
        let seen = run(&parts[0], &shared);
        let (rest, returned) = thread::scope(|scope| {
            let running: Vec<_> = children.iter().map(|child| scope.spawn(|| run(child, &shared))).collect();
            let mut rest = run(&parts[1], &shared);
            running[0].thread().unpark();
            rest.extend(run(&parts[2], &shared));
            running[0].thread().unpark();
            (rest, running.into_iter().flat_map(|child| child.join().unwrap()).collect())
        });
        [seen, rest, returned, run(&parts[3], &shared)].concat()
    })
}
