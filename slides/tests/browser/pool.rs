//! Browsers that tests pass on to one another: to start one takes longer than most tests do.

use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Browsers of one kind. They are closed when no test has or wants one, so that none is left when the last test has ended.
pub struct Pool<B> {
    most: usize,
    state: Mutex<State<B>>,
    given_back: Condvar,
}

struct State<B> {
    idle: Vec<B>,
    lent: usize,
    /// How many tests have one, or wait for one.
    wanted: usize,
}

impl<B> Pool<B> {
    /// Lends at most so many at a time.
    pub const fn new(most: usize) -> Self {
        Self { most, state: Mutex::new(State { idle: Vec::new(), lent: 0, wanted: 0 }), given_back: Condvar::new() }
    }

    /// Lends a browser that is idle, or one that `start` starts.
    pub fn lend(&'static self, start: impl FnOnce() -> B) -> Lent<B> {
        let mut state = self.state();
        state.wanted += 1;
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
        state.wanted -= 1;
        let unused = if state.wanted == 0 { mem::take(&mut state.idle) } else { Vec::new() };
        drop(state);
        self.pool.given_back.notify_one();
        drop((browser, unused)); // within the test, which ends when they are closed
    }
}

#[test]
fn a_browser_is_passed_on_unless_its_test_fails_and_none_is_left() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    static POOL: Pool<Open> = Pool::new(2);
    static STARTED: AtomicUsize = AtomicUsize::new(0);
    static CLOSED: AtomicUsize = AtomicUsize::new(0);
    struct Open;
    impl Drop for Open {
        fn drop(&mut self) {
            CLOSED.fetch_add(1, Relaxed);
        }
    }
    let lend = || {
        POOL.lend(|| {
            STARTED.fetch_add(1, Relaxed);
            Open
        })
    };
    let counts = || (STARTED.load(Relaxed), CLOSED.load(Relaxed));
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
