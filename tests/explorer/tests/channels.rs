//! Channels: messages, room, and ends that are dropped.

use explorer::sync::atomic::AtomicU64;
use explorer::sync::atomic::Ordering::Relaxed;
use explorer::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel,
};
use explorer::sync::{Mutex, RacyCell, thread};
use explorer::{Main, Memory, Problem, Report, Verdict, WaitsFor, explore};
use std::sync::Arc;
use std::time::Duration;

/// Explores the program under all memories. They must agree.
fn explored(program: &Main) -> Report {
    let [one, buffered, cpp20] = Memory::ALL.map(|memory| explore(program, memory));
    for other in [buffered, cpp20] {
        assert_eq!((other.bound, other.finals()), (one.bound, one.finals()));
        assert_eq!(other.verdict(), one.verdict(), "{other}");
    }
    one
}

fn right(program: &Main, finals: &[&[u64]]) {
    let report = explored(program);
    assert_eq!(
        (report.verdict(), report.finals()),
        (Verdict::NothingFound, finals.iter().map(|end| end.to_vec()).collect())
    );
}

fn waits(program: &Main) -> Vec<WaitsFor> {
    let report = explored(program);
    let hang = report.hang().unwrap_or_else(|| panic!("no hang: {report}"));
    let Problem::WaitsForEver { waiting } = &hang.problem else { panic!("{hang}") };
    waiting.iter().map(|waiting| waiting.waits_for.clone()).collect()
}

#[test]
fn messages_come_in_the_order_of_sending() {
    let program = Main::new(|| {
        let (sender, receiver) = channel();
        let child = thread::spawn(move || (1..=3u64).for_each(|message| sender.send(message).unwrap()));
        let received: Vec<u64> = receiver.iter().collect();
        child.join().unwrap();
        received
    });
    right(&program, &[&[1, 2, 3]]);
}

/// Two producers, and a consumer that adds up what it gets until all senders are dropped.
fn sums(drops_own_sender: bool) -> Main {
    Main::new(move || {
        let (sender, receiver) = channel();
        for number in [1, 10] {
            let sender = sender.clone();
            thread::spawn(move || sender.send(number).unwrap());
        }
        if drops_own_sender {
            drop(sender);
            receiver.into_iter().fold(0, |sum, message: u64| 2 * sum + message)
        } else {
            receiver.iter().fold(0, |sum, message: u64| 2 * sum + message)
        }
    })
}

#[test]
fn a_receiver_ends_when_all_senders_are_dropped() {
    right(&sums(true), &[&[12], &[21]]);
}

#[test]
fn a_sender_that_is_not_dropped_keeps_the_receiver_waiting() {
    assert_eq!(waits(&sums(false)), [WaitsFor::Message { object: 0 }]);
    let report = explore(&sums(false), Memory::Interleaved);
    let text = report.hang().unwrap().to_string();
    assert!(text.starts_with("no thread can go on: T1 waits for a message of channel #0 ("), "{text}");
    assert!(text.contains("T2 sends to #0, content 1 ("), "{text}");
}

/// A child writes plain memory and then sends. `main` reads the memory after receiving, or before.
fn reads(after_receiving: bool, by_disconnecting: bool) -> Main {
    Main::new(move || {
        let (sender, receiver) = channel::<()>();
        let data = Arc::new(RacyCell::new(0));
        let theirs = data.clone();
        thread::spawn(move || {
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { theirs.write(5) };
            if !by_disconnecting {
                sender.send(()).unwrap();
            }
        });
        if after_receiving {
            assert_eq!(receiver.recv().is_err(), by_disconnecting);
        } else {
            let _ = receiver.try_recv();
        }
        // SAFETY: as above.
        unsafe { data.read() }
    })
}

#[test]
fn a_receive_happens_after_its_send_and_after_the_last_sender_is_dropped() {
    for by_disconnecting in [false, true] {
        for memory in [Memory::Interleaved, Memory::Cpp20] {
            let report = explore(&reads(true, by_disconnecting), memory);
            assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![5]]), "{memory:?}");
            assert!(explore(&reads(false, by_disconnecting), memory).race().is_some(), "{memory:?}");
        }
    }
}

#[test]
fn a_receive_learns_of_its_own_message_only() {
    // The second message says that the memory is written. The first one does not.
    let reads_after = |messages: usize| {
        Main::new(move || {
            let (sender, receiver) = channel();
            let data = Arc::new(RacyCell::new(0));
            let theirs = data.clone();
            thread::spawn(move || {
                sender.send(1u64).unwrap();
                // SAFETY: none is needed: the explorer looks for races.
                unsafe { theirs.write(5) };
                sender.send(2).unwrap();
            });
            let last = (0..messages).fold(0, |_, _| receiver.recv().unwrap());
            // SAFETY: as above.
            last + unsafe { data.read() }
        })
    };
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        assert_eq!(explore(&reads_after(2), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        assert!(explore(&reads_after(1), memory).race().is_some(), "{memory:?}");
    }
}

/// A channel with this room, of which `main` receives only after it has joined the sender.
fn joins_first(room: usize, messages: u64) -> Main {
    Main::new(move || {
        let (sender, receiver) = sync_channel(room);
        let child = thread::spawn(move || (0..messages).for_each(|message| sender.send(message).unwrap()));
        child.join().unwrap();
        receiver.iter().count() as u64
    })
}

#[test]
fn a_sender_waits_for_room() {
    right(&joins_first(2, 2), &[&[2]]);
    for (room, messages) in [(2, 3), (1, 2), (0, 1)] {
        let waits = waits(&joins_first(room, messages));
        assert_eq!(waits, [WaitsFor::End { thread: 1 }, WaitsFor::Receipt { object: 0 }], "{room}");
    }
}

/// Two threads take turns by a channel with this room: the sender writes plain memory after its `sends`-th send.
fn takes_turns(room: usize, sends: usize) -> Main {
    Main::new(move || {
        let (sender, receiver) = sync_channel(room);
        let data = Arc::new(RacyCell::new(0));
        let theirs = data.clone();
        let child = thread::spawn(move || {
            // SAFETY: none is needed: the explorer looks for races.
            unsafe { theirs.write(1) };
            receiver.recv().unwrap();
            receiver
        });
        for _ in 0..sends {
            sender.send(()).unwrap();
        }
        // SAFETY: as above.
        let seen = unsafe { data.read() };
        drop(child.join().unwrap());
        seen
    })
}

#[test]
fn a_sender_that_waits_for_room_learns_from_the_receive_that_makes_it() {
    for memory in [Memory::Interleaved, Memory::Cpp20] {
        for (room, sends) in [(0, 1), (1, 2)] {
            assert_eq!(explore(&takes_turns(room, sends), memory).verdict(), Verdict::NothingFound, "{memory:?}");
        }
        assert!(explore(&takes_turns(1, 1), memory).race().is_some(), "{memory:?}");
    }
}

#[test]
fn threads_that_both_receive_first_wait_for_ever() {
    let exchange = |receives_first: [bool; 2]| {
        Main::new(move || {
            let ((to_child, from_main), (to_main, from_child)) = (channel(), channel());
            let turn = |first: bool, sender: &Sender<u64>, receiver: &Receiver<u64>, message| {
                if first {
                    let seen = receiver.recv().unwrap();
                    sender.send(message).unwrap();
                    return seen;
                }
                sender.send(message).unwrap();
                receiver.recv().unwrap()
            };
            let child = thread::spawn(move || turn(receives_first[1], &to_main, &from_main, 2));
            let seen = turn(receives_first[0], &to_child, &from_child, 1);
            [seen, child.join().unwrap()]
        })
    };
    for receives_first in [[false, false], [true, false], [false, true]] {
        right(&exchange(receives_first), &[&[2, 1]]);
    }
    assert_eq!(waits(&exchange([true, true])), [WaitsFor::Message { object: 1 }, WaitsFor::Message { object: 0 }]);
}

#[test]
fn a_message_that_cannot_be_sent_comes_back() {
    let program = Main::new(|| {
        let (sender, receiver) = channel();
        let child = thread::spawn(move || drop(receiver));
        let early = sender.send(Box::new(7u64)).map_err(|error| *error.0);
        child.join().unwrap();
        let late = sender.send(Box::new(8)).map_err(|error| *error.0);
        [early.err().unwrap_or(0), late.err().unwrap_or(0)]
    });
    right(&program, &[&[0, 8], &[7, 8]]);
    let waits_in_vain = Main::new(|| {
        let (sender, receiver) = sync_channel(0);
        let child = thread::spawn(move || drop(receiver));
        let back = sender.send(7u64).unwrap_err().0;
        child.join().unwrap();
        back
    });
    right(&waits_in_vain, &[&[7]]);
}

#[test]
fn attempts_to_send_and_to_receive() {
    let receive = Main::new(|| {
        let (sender, receiver) = channel();
        thread::spawn(move || sender.send(5));
        match receiver.try_recv() {
            Ok(message) => message,
            Err(TryRecvError::Empty) => 0,
            Err(TryRecvError::Disconnected) => 1,
        }
    });
    right(&receive, &[&[0], &[5]]);
    let send = |room| {
        Main::new(move || {
            let (sender, receiver) = sync_channel(room);
            let child = thread::spawn(move || receiver.recv().unwrap_or(9));
            let sent = sender.try_send(1u64);
            let second = sender.try_send(2);
            let code = |sent| match sent {
                Ok(()) => 0,
                Err(TrySendError::Full(message)) => message,
                Err(TrySendError::Disconnected(message)) => 10 + message,
            };
            drop(sender);
            [code(sent), code(second), child.join().unwrap()]
        })
    };
    // With room for one the second fits if the first has been received, and if the receiver is gone it comes back.
    right(&send(1), &[&[0, 0, 1], &[0, 2, 1], &[0, 12, 1]]);
    // Without room either succeeds only if the receiver waits.
    right(&send(0), &[&[0, 2, 1], &[0, 12, 1], &[1, 0, 2], &[1, 2, 9]]);
}

#[test]
fn a_wait_with_a_limit_of_time_can_end_both_ways() {
    let program = Main::new(|| {
        let (sender, receiver) = channel();
        let child = thread::spawn(move || sender.send(5).unwrap());
        let first = match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => 0,
            Err(RecvTimeoutError::Disconnected) => 1,
        };
        child.join().unwrap();
        let second = match receiver.recv_timeout(Duration::from_secs(1)) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => 0,
            Err(RecvTimeoutError::Disconnected) => 1,
        };
        [first, second]
    });
    right(&program, &[&[0, 5], &[5, 1]]);
    let retries = |sends: bool| {
        Main::new(move || {
            let (sender, receiver) = channel();
            thread::spawn(move || {
                if sends {
                    sender.send(5).unwrap();
                }
                sender
            });
            loop {
                if let Ok(message) = receiver.recv_timeout(Duration::from_millis(1)) {
                    return message;
                }
            }
        })
    };
    right(&retries(true), &[&[5]]);
}

type Job = Box<dyn FnOnce() + Send>;

/// The thread pool of the Rust book: workers take closures from a channel, whose receiver a mutex protects.
fn pool(drops_sender: bool) -> Main {
    Main::new(move || {
        let (sender, receiver) = channel::<Job>();
        let receiver = Arc::new(Mutex::new(receiver));
        let workers = [0, 1].map(|_| {
            let receiver = receiver.clone();
            thread::spawn(move || {
                loop {
                    let job = receiver.lock().unwrap().recv();
                    match job {
                        Ok(job) => job(),
                        Err(_) => break,
                    }
                }
            })
        });
        let counter = Arc::new(AtomicU64::new(0));
        for add in [1, 10] {
            let counter = counter.clone();
            sender
                .send(Box::new(move || {
                    counter.fetch_add(add, Relaxed);
                }))
                .unwrap();
        }
        if drops_sender {
            drop(sender);
            workers.into_iter().for_each(|worker| worker.join().unwrap());
        } else {
            workers.into_iter().for_each(|worker| worker.join().unwrap());
            drop(sender);
        }
        counter.load(Relaxed)
    })
}

#[test]
fn the_thread_pool_of_the_book_ends_if_its_sender_is_dropped_first() {
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&pool(true), memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![11]]), "{memory:?}");
        let report = explore(&pool(false), memory);
        assert!(report.hang().is_some(), "{memory:?} {report}");
    }
}

#[test]
fn a_thread_answers_through_the_sender_that_it_gets() {
    let program = Main::new(|| {
        let (requests, server) = channel::<(u64, Sender<u64>)>();
        thread::spawn(move || {
            for (number, answers) in server {
                answers.send(number * number).unwrap();
            }
        });
        let clients = [3, 4].map(|number| {
            let requests = requests.clone();
            thread::spawn(move || {
                let (sender, answers) = channel();
                requests.send((number, sender)).unwrap();
                let answer = answers.recv().unwrap();
                answer + u64::from(answers.recv().is_ok())
            })
        });
        drop(requests);
        clients.map(|client| client.join().unwrap())
    });
    for memory in [Memory::Interleaved, Memory::StoreBuffers] {
        let report = explore(&program, memory);
        assert_eq!((report.verdict(), report.finals()), (Verdict::NothingFound, vec![vec![9, 16]]), "{memory:?}");
    }
}

#[test]
fn senders_of_both_kinds_are_cloned() {
    let program = Main::new(|| {
        let (sender, receiver) = sync_channel(2);
        let clone: SyncSender<u64> = sender.clone();
        drop(sender);
        let child = thread::spawn(move || clone.send(1).unwrap());
        let sum: u64 = receiver.iter().sum();
        child.join().unwrap();
        sum
    });
    right(&program, &[&[1]]);
}
