//! Random programs with a channel: explored, against a channel that is made of a mutex and a condition variable, and
//! against `std`'s own channels on real threads.

use explorer::{Bounds, Main, Memory, explore, explore_within};
use std::collections::BTreeSet;

/// What a thread does with its end of the channel, before it drops it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    /// Sends a message, or receives one.
    Wait,
    /// Tries to send, or to receive.
    Try,
}

/// The acts of the receiver, and those of each sender.
#[derive(Clone, Debug)]
struct Program {
    room: Option<usize>,
    receiver: Vec<Act>,
    senders: Vec<Vec<Act>>,
    /// Whether `main` drops its own sender before it joins.
    drops_first: bool,
}

/// Programs that are compared. The seed is fixed.
const PROGRAMS: usize = 60;

/// How often a program runs on real threads.
const RUNS: usize = 50;

fn programs() -> Vec<Program> {
    let mut seed = 0x1234_5678_9abc_def1u64;
    let mut below = move |limit: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 11) % limit
    };
    let mut program = || {
        let room = [None, Some(0), Some(0), Some(1), Some(2)][below(5) as usize];
        let mut acts = |most: u64, try_too: bool| -> Vec<Act> {
            let count = below(most + 1);
            (0..count).map(|_| if try_too && below(3) == 0 { Act::Try } else { Act::Wait }).collect()
        };
        let receiver = acts(3, true);
        let senders = vec![acts(2, room.is_some()), acts(1, room.is_some())];
        Program { room, receiver, senders, drops_first: below(4) > 0 }
    };
    (0..PROGRAMS).map(|_| program()).collect()
}

/// A message of a type that is not a simple one.
struct Opaque(u64);

impl From<u64> for Opaque {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

impl From<Opaque> for u64 {
    fn from(message: Opaque) -> Self {
        message.0
    }
}

/// Makes a function that runs a program with one implementation of channels and threads.
macro_rules! runner {
    ($name:ident, $channels:path, $thread:path) => {
        mod $name {
            use super::{Act, Program};
            use $channels as mpsc;
            use $thread as thread;

            enum Sender<M: 'static> {
                AnyNumber(mpsc::Sender<M>),
                Limited(mpsc::SyncSender<M>),
            }

            impl<M: From<u64> + Into<u64> + Send + 'static> Sender<M> {
                fn act(&self, act: Act, message: M) -> u64 {
                    match (self, act) {
                        (Self::AnyNumber(sender), _) => 1 + u64::from(sender.send(message).is_err()),
                        (Self::Limited(sender), Act::Wait) => 1 + u64::from(sender.send(message).is_err()),
                        (Self::Limited(sender), Act::Try) => match sender.try_send(message) {
                            Ok(()) => 1,
                            Err(mpsc::TrySendError::Full(_)) => 2,
                            Err(mpsc::TrySendError::Disconnected(_)) => 3,
                        },
                    }
                }

                fn another(&self) -> Self {
                    match self {
                        Self::AnyNumber(sender) => Self::AnyNumber(sender.clone()),
                        Self::Limited(sender) => Self::Limited(sender.clone()),
                    }
                }
            }

            fn receive<M: From<u64> + Into<u64> + 'static>(receiver: &mpsc::Receiver<M>, act: Act) -> u64 {
                match act {
                    Act::Wait => receiver.recv().map_or(2, |message| message.into()),
                    Act::Try => match receiver.try_recv() {
                        Ok(message) => message.into(),
                        Err(mpsc::TryRecvError::Empty) => 1,
                        Err(mpsc::TryRecvError::Disconnected) => 2,
                    },
                }
            }

            /// Returns what each act returned: first the receiver's, then those of the senders.
            pub fn run<M: From<u64> + Into<u64> + Send + 'static>(program: &Program) -> Vec<u64> {
                let (sender, receiver) = match program.room {
                    None => {
                        let (sender, receiver) = mpsc::channel();
                        (Sender::AnyNumber(sender), receiver)
                    }
                    Some(room) => {
                        let (sender, receiver) = mpsc::sync_channel(room);
                        (Sender::Limited(sender), receiver)
                    }
                };
                let acts = program.receiver.clone();
                let mut threads = vec![thread::spawn(move || {
                    acts.into_iter().map(|act| receive::<M>(&receiver, act)).collect::<Vec<u64>>()
                })];
                for (number, acts) in program.senders.iter().cloned().enumerate() {
                    let sender = sender.another();
                    threads.push(thread::spawn(move || {
                        let send = |(index, act)| sender.act(act, M::from(10 * (number as u64 + 1) + index as u64));
                        acts.into_iter().enumerate().map(send).collect()
                    }));
                }
                let kept = (!program.drops_first).then_some(sender);
                let returned = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
                drop(kept);
                returned
            }
        }
    };
}

runner!(explored, explorer::sync::mpsc, explorer::sync::thread);
runner!(of_locks, super::by_locks, explorer::sync::thread);
runner!(real, std::sync::mpsc, std::thread);

/// Channels of numbers that are made of a mutex and a condition variable.
mod by_locks {
    use explorer::sync::{Condvar, Mutex, MutexGuard};
    use std::marker::PhantomData;
    use std::sync::Arc;
    pub use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};

    /// The numbers of messages sent and of senders, whether there is a receiver, whether it waits, and then for each
    /// message its number and what it says. The type is a simple one, so that equal states are the same.
    type State = Vec<u64>;

    const SENT: usize = 0;
    const SENDERS: usize = 1;
    const IS_RECEIVED: usize = 2;
    const IS_WAITED_FOR: usize = 3;
    const QUEUE: usize = 4;

    fn length(state: &State) -> usize {
        (state.len() - QUEUE) / 2
    }

    fn pop(state: &mut State) -> Option<u64> {
        (length(state) > 0).then(|| state.drain(QUEUE..QUEUE + 2).next_back().unwrap())
    }

    struct Shared {
        state: Mutex<State>,
        changed: Condvar,
        room: Option<usize>,
    }

    impl Shared {
        fn send(&self, message: u64) -> bool {
            let mut state = self.state.lock().unwrap();
            while state[IS_RECEIVED] == 1 && self.room.is_some_and(|room| room > 0 && length(&state) >= room) {
                state = self.changed.wait(state).unwrap();
            }
            if state[IS_RECEIVED] == 0 {
                return false;
            }
            let ticket = self.push(&mut state, message);
            while self.room == Some(0) {
                let Some(place) = (QUEUE..state.len()).step_by(2).find(|&place| state[place] == ticket) else { break };
                if state[IS_RECEIVED] == 0 {
                    state.drain(place..place + 2);
                    return false;
                }
                state = self.changed.wait(state).unwrap();
            }
            true
        }

        fn push(&self, state: &mut MutexGuard<'_, State>, message: u64) -> u64 {
            let ticket = state[SENT] + 1;
            state[SENT] = ticket;
            state.extend([ticket, message]);
            self.changed.notify_all();
            ticket
        }
    }

    pub struct Sender<M>(Arc<Shared>, PhantomData<M>);
    pub struct SyncSender<M>(Arc<Shared>, PhantomData<M>);
    pub struct Receiver<M>(Arc<Shared>, PhantomData<M>);

    fn shared(room: Option<usize>) -> Arc<Shared> {
        Arc::new(Shared { state: Mutex::new(vec![0, 1, 1, 0]), changed: Condvar::new(), room })
    }

    pub fn channel<M>() -> (Sender<M>, Receiver<M>) {
        let shared = shared(None);
        (Sender(shared.clone(), PhantomData), Receiver(shared, PhantomData))
    }

    pub fn sync_channel<M>(room: usize) -> (SyncSender<M>, Receiver<M>) {
        let shared = shared(Some(room));
        (SyncSender(shared.clone(), PhantomData), Receiver(shared, PhantomData))
    }

    macro_rules! sender {
        ($name:ident) => {
            impl<M: Into<u64> + From<u64>> $name<M> {
                pub fn send(&self, message: M) -> Result<(), SendError<M>> {
                    let message = message.into();
                    if self.0.send(message) { Ok(()) } else { Err(SendError(message.into())) }
                }
            }

            impl<M> Clone for $name<M> {
                fn clone(&self) -> Self {
                    self.0.state.lock().unwrap()[SENDERS] += 1;
                    Self(self.0.clone(), PhantomData)
                }
            }

            impl<M> Drop for $name<M> {
                fn drop(&mut self) {
                    self.0.state.lock().unwrap()[SENDERS] -= 1;
                    self.0.changed.notify_all();
                }
            }
        };
    }

    sender!(Sender);
    sender!(SyncSender);

    impl<M: Into<u64>> SyncSender<M> {
        pub fn try_send(&self, message: M) -> Result<(), TrySendError<M>> {
            let mut state = self.0.state.lock().unwrap();
            if state[IS_RECEIVED] == 0 {
                return Err(TrySendError::Disconnected(message));
            }
            let (room, length) = (self.0.room.unwrap(), length(&state));
            if length >= room && !(room == 0 && length == 0 && state[IS_WAITED_FOR] == 1) {
                return Err(TrySendError::Full(message));
            }
            self.0.push(&mut state, message.into());
            Ok(())
        }
    }

    impl<M: From<u64>> Receiver<M> {
        pub fn recv(&self) -> Result<M, RecvError> {
            let mut state = self.0.state.lock().unwrap();
            loop {
                if let Some(message) = pop(&mut state) {
                    state[IS_WAITED_FOR] = 0;
                    self.0.changed.notify_all();
                    return Ok(message.into());
                }
                if state[SENDERS] == 0 {
                    return Err(RecvError);
                }
                state[IS_WAITED_FOR] = 1;
                state = self.0.changed.wait(state).unwrap();
            }
        }

        pub fn try_recv(&self) -> Result<M, TryRecvError> {
            let mut state = self.0.state.lock().unwrap();
            match pop(&mut state) {
                Some(message) => {
                    self.0.changed.notify_all();
                    Ok(message.into())
                }
                None if state[SENDERS] == 0 => Err(TryRecvError::Disconnected),
                None => Err(TryRecvError::Empty),
            }
        }
    }

    impl<M> Drop for Receiver<M> {
        fn drop(&mut self) {
            self.0.state.lock().unwrap()[IS_RECEIVED] = 0;
            self.0.changed.notify_all();
        }
    }
}

#[test]
fn channels_do_what_channels_of_locks_do() {
    // A channel of locks has many more states.
    let bounds = Bounds { states: 50_000, ..Bounds::default() };
    let (mut outcomes, mut hangs, mut compared) = (0, 0, 0);
    for (number, program) in programs().into_iter().enumerate() {
        let context = format!("program {number}: {program:?}");
        let [one, two, three] = [explored::run::<u64>, explored::run::<Opaque>, of_locks::run::<u64>].map(|run| {
            let program = program.clone();
            Main::new(move || run(&program))
        });
        let report = explore(&one, Memory::Interleaved);
        let hangs_here = report.hang().is_some();
        assert_eq!(report.bound, None, "{context}");
        assert_eq!(report.findings.len(), usize::from(hangs_here), "{context}");
        for memory in [Memory::StoreBuffers, Memory::Cpp20] {
            let other = explore(&one, memory);
            assert_eq!((other.finals(), other.hang().is_some()), (report.finals(), hangs_here), "{context}");
        }
        for other in [&two, &three] {
            let other = explore_within(other, Memory::Interleaved, &bounds);
            if other.bound.is_some() {
                continue;
            }
            compared += 1;
            assert_eq!((other.finals(), other.hang().is_some()), (report.finals(), hangs_here), "{context}");
        }
        outcomes += report.outcomes.len();
        hangs += usize::from(hangs_here);
    }
    assert!(outcomes > 2 * PROGRAMS && hangs > 2 && compared > PROGRAMS + 20, "{outcomes} {hangs} {compared}");
}

#[test]
fn what_channels_of_std_do_is_among_what_is_explored() {
    let (mut seen, mut expected) = (0, 0);
    for (number, program) in programs().into_iter().enumerate() {
        let clone = program.clone();
        let report = explore(&Main::new(move || explored::run::<u64>(&clone)), Memory::Interleaved);
        if report.hang().is_some() {
            continue; // it would hang this test too
        }
        let all: BTreeSet<_> = report.finals().into_iter().collect();
        let real: BTreeSet<_> = (0..RUNS).map(|_| real::run::<u64>(&program)).collect();
        assert!(real.is_subset(&all), "program {number}: {program:?}: {real:?} in {all:?}");
        (seen, expected) = (seen + real.len(), expected + all.len());
    }
    assert!(seen > PROGRAMS / 2, "{seen} of {expected} outcomes were seen on real threads");
}
