//! Channels, as in [`std::sync::mpsc`].
//!
//! A message is received after it was sent, and what a thread did before it sent is visible to the receiver. If a
//! channel has room for *n* messages, the m-th receive likewise happens before the (m + n)-th send returns. A receive
//! that finds all senders dropped happens after they were dropped.
//!
//! Time is not explored: a wait with a limit of time can end whenever the channel is empty.

use crate::object::{Held, ObjectId, Queue, Receiving};
use crate::operation::{Action, Answer, Place};
use crate::recorder::replay::{create, drop_silently, give, is_left, perform_on, value_of};
use std::fmt;
use std::marker::PhantomData;
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::time::Duration;

#[track_caller]
fn create_channel(capacity: Option<u32>) -> ObjectId {
    create(Held::Channel { queue: Queue::default(), capacity, senders: 1, receiver: Receiving::Idle })
}

/// Creates a channel with room for any number of messages.
#[track_caller]
pub fn channel<T: 'static>() -> (Sender<T>, Receiver<T>) {
    let object = create_channel(None);
    (Sender { end: End::new(object) }, Receiver { end: End::new(object), rendezvous: false, not_sync: PhantomData })
}

/// Creates a channel with room for `bound` messages. If that is 0, a sender waits until its message is received.
#[track_caller]
pub fn sync_channel<T: 'static>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let object = create_channel(Some(bound.try_into().unwrap_or(u32::MAX)));
    let rendezvous = bound == 0;
    (
        SyncSender { end: End::new(object), rendezvous },
        Receiver { end: End::new(object), rendezvous, not_sync: PhantomData },
    )
}

/// One end of a channel.
struct End<T> {
    object: ObjectId,
    place: Place,
    messages: PhantomData<fn(T) -> T>,
}

impl<T: 'static> End<T> {
    #[track_caller]
    fn new(object: ObjectId) -> Self {
        Self { object, place: Place::caller(), messages: PhantomData }
    }

    #[track_caller]
    fn perform(&self, action: Action) -> Answer {
        perform_on(self.object, action, Place::caller())
    }

    #[track_caller]
    fn clone_sender(&self) -> Self {
        self.perform(Action::CloneSender);
        Self::new(self.object)
    }

    /// Drops a sender or a receiver. The place is where it was created.
    fn drop(&self, action: Action) {
        if !is_left() {
            perform_on(self.object, action, self.place);
        }
    }

    /// Sends a message in one of the ways of sending. If that fails, returns the message and why.
    #[track_caller]
    fn send(&self, message: T, action: impl FnOnce(u64) -> Action) -> Result<T, (T, u64)> {
        let (number, message) = give(message);
        let answer = self.perform(action(number));
        if answer.failed { Err((message, answer.value)) } else { Ok(message) }
    }

    /// Receives a message in one of the ways of receiving. If that fails, returns why.
    #[track_caller]
    fn receive(&self, rendezvous: bool, action: Action) -> Result<T, u64> {
        if rendezvous && action != Action::TryReceive {
            self.perform(Action::BeginReceive);
        }
        let answer = self.perform(action);
        if answer.failed { Err(answer.value) } else { value_of(answer.value).ok_or(Answer::DISCONNECTED) }
    }
}

// SAFETY: an end is only a number. Messages are sent only if their type allows it.
unsafe impl<T: Send> Send for Sender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Sender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for SyncSender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for SyncSender<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Receiver<T> {}

/// The sending end of a channel with room for any number of messages.
pub struct Sender<T: 'static> {
    end: End<T>,
}

impl<T> Sender<T> {
    /// Sends a message.
    ///
    /// # Errors
    ///
    /// The message, if the receiver was dropped.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.end.send(message, Action::Send) {
            Ok(message) => {
                drop_silently(message); // it is the receiver's now
                Ok(())
            }
            Err((message, _)) => Err(SendError(message)),
        }
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self { end: self.end.clone_sender() }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.end.drop(Action::DropSender);
    }
}

/// The sending end of a channel with a limited room for messages.
pub struct SyncSender<T: 'static> {
    end: End<T>,
    rendezvous: bool,
}

impl<T> SyncSender<T> {
    /// Waits until there is room, and sends a message. In a channel without room, waits until it is received.
    ///
    /// # Errors
    ///
    /// The message, if the receiver was dropped.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.end.send(message, Action::Send) {
            Ok(message) if self.rendezvous && self.end.perform(Action::AwaitReceipt).failed => Err(SendError(message)),
            Ok(message) => {
                drop_silently(message); // it is the receiver's now
                Ok(())
            }
            Err((message, _)) => Err(SendError(message)),
        }
    }

    /// Sends a message if there is room, or if the receiver is waiting.
    ///
    /// # Errors
    ///
    /// The message, if there is no room or if the receiver was dropped.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        match self.end.send(message, Action::TrySend) {
            Ok(message) => {
                drop_silently(message); // it is the receiver's now
                Ok(())
            }
            Err((message, Answer::DISCONNECTED)) => Err(TrySendError::Disconnected(message)),
            Err((message, _)) => Err(TrySendError::Full(message)),
        }
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        Self { end: self.end.clone_sender(), rendezvous: self.rendezvous }
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.end.drop(Action::DropSender);
    }
}

/// The receiving end of a channel.
pub struct Receiver<T: 'static> {
    end: End<T>,
    rendezvous: bool,
    not_sync: PhantomData<*const ()>,
}

impl<T> Receiver<T> {
    /// Waits for a message.
    ///
    /// # Errors
    ///
    /// If there is no message and all senders were dropped.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.end.receive(self.rendezvous, Action::Receive).map_err(|_| RecvError)
    }

    /// Receives a message if there is one.
    ///
    /// # Errors
    ///
    /// If there is none.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.end.receive(self.rendezvous, Action::TryReceive).map_err(|why| match why {
            Answer::DISCONNECTED => TryRecvError::Disconnected,
            _ => TryRecvError::Empty,
        })
    }

    /// Waits for a message, or until time has passed. Time is not explored: it can always pass before a message comes.
    ///
    /// # Errors
    ///
    /// If time has passed, or if there is no message and all senders were dropped.
    #[track_caller]
    pub fn recv_timeout(&self, _timeout: Duration) -> Result<T, RecvTimeoutError> {
        self.end.receive(self.rendezvous, Action::ReceiveOrTimeOut).map_err(|why| match why {
            Answer::DISCONNECTED => RecvTimeoutError::Disconnected,
            _ => RecvTimeoutError::Timeout,
        })
    }

    /// Returns an iterator that waits for messages until all senders were dropped.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// Returns an iterator of the messages that are there.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.end.drop(Action::DropReceiver);
    }
}

/// Waits for messages until all senders were dropped.
#[derive(Debug)]
pub struct Iter<'a, T: 'static> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

/// Receives the messages that are there.
#[derive(Debug)]
pub struct TryIter<'a, T: 'static> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

/// Owns a receiver, and waits for messages until all senders were dropped.
#[derive(Debug)]
pub struct IntoIter<T: 'static> {
    receiver: Receiver<T>,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

macro_rules! debug {
    ($($name:ident),*) => { $(impl<T> fmt::Debug for $name<T> {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
        }
    })* };
}

debug!(Sender, SyncSender, Receiver);
