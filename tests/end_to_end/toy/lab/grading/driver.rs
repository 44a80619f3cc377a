//! Makes calls of the student's tally.

use crate::student::Tally;
use common::driver::{self, FIRST_METHOD};

const VOTE: u64 = FIRST_METHOD;

pub fn main() {
    driver::serve(|| {
        let tally = Tally::new();
        driver::calls(&tally, |tally, (), method| match method {
            VOTE => {
                tally.vote();
                0
            }
            _ => tally.votes(),
        });
    });
}
