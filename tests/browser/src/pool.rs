//! Browsers that tests pass on to one another: to start one takes longer than most tests do.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Counts the tests that have a browser of any kind, or wait for one. When there is none, `close` closes the idle browsers of all pools, so
/// that none is left when the last test has ended.
pub struct Users {
    wanted: AtomicUsize,
    close: fn(),
}

impl Users {
    /// Creates the count, at zero.
    pub const fn new(close: fn()) -> Self {
        Self { wanted: AtomicUsize::new(0), close }
    }
}

/// Browsers of one kind.
pub struct Pool<B> {
    users: &'static Users,
    most: usize,
    state: Mutex<State<B>>,
    given_back: Condvar,
}

struct State<B> {
    idle: Vec<B>,
    lent: usize,
}

impl<B> Pool<B> {
    /// Creates an empty pool that lends at most `most` browsers at a time.
    pub const fn new(users: &'static Users, most: usize) -> Self {
        Self { users, most, state: Mutex::new(State { idle: Vec::new(), lent: 0 }), given_back: Condvar::new() }
    }

    /// Lends a browser that is idle, or one that `start` starts.
    pub fn lend(&'static self, start: impl FnOnce() -> B) -> Lent<B> {
        self.users.wanted.fetch_add(1, SeqCst);
        let mut state = self.state();
        while state.lent == self.most {
            state = self.given_back.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.lent += 1;
        let idle = state.idle.pop();
        drop(state);
        let mut lent = Lent { pool: self, browser: idle }; // it is given back, even if it does not start
        if lent.browser.is_none() {
            lent.browser = Some(start());
        }
        lent
    }

    /// Closes the browsers that no test has.
    pub fn close(&self) {
        let idle = self.state().idle.split_off(0);
        drop(idle);
    }

    fn state(&self) -> MutexGuard<'_, State<B>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A browser for one test. That of a test that fails is closed: it may be in any state.
pub struct Lent<B: 'static> {
    pool: &'static Pool<B>,
    browser: Option<B>,
}

impl<B> Deref for Lent<B> {
    type Target = B;

    fn deref(&self) -> &B {
        self.browser.as_ref().expect("it was started")
    }
}

impl<B> DerefMut for Lent<B> {
    fn deref_mut(&mut self) -> &mut B {
        self.browser.as_mut().expect("it was started")
    }
}

impl<B> Drop for Lent<B> {
    fn drop(&mut self) {
        let mut browser = self.browser.take();
        let mut state = self.pool.state();
        if !thread::panicking() {
            state.idle.extend(browser.take());
        }
        state.lent -= 1;
        drop(state);
        self.pool.given_back.notify_one();
        // Closing takes place within the test: it ends when that is done.
        drop(browser);
        if self.pool.users.wanted.fetch_sub(1, SeqCst) == 1 {
            (self.pool.users.close)();
        }
    }
}

#[test]
fn a_browser_is_passed_on_unless_its_test_fails_and_none_is_left() {
    static USERS: Users = Users::new(|| POOL.close());
    static POOL: Pool<Open> = Pool::new(&USERS, 2);
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    static CLOSED: AtomicUsize = AtomicUsize::new(0);
    struct Open;
    impl Drop for Open {
        fn drop(&mut self) {
            CLOSED.fetch_add(1, SeqCst);
        }
    }
    let lend = || {
        POOL.lend(|| {
            STARTED.fetch_add(1, SeqCst);
            Open
        })
    };
    let counts = || (STARTED.load(SeqCst), CLOSED.load(SeqCst));
    let first = lend();
    drop(lend());
    drop(lend());
    assert_eq!(counts(), (2, 0), "the second is lent twice");
    let failing = thread::spawn(move || {
        let _browser = lend();
        panic!("on purpose: the test's browser is closed");
    });
    assert!(failing.join().is_err());
    assert_eq!(counts(), (2, 1));
    let does_not_start = thread::spawn(|| drop(POOL.lend(|| panic!("on purpose: it does not start"))));
    assert!(does_not_start.join().is_err());
    drop(lend());
    assert_eq!(counts(), (3, 1), "one that did not start is not counted as lent");
    drop(first);
    assert_eq!(counts(), (3, 3), "all are closed when none is lent");
}
