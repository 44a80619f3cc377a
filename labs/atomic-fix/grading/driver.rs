//! Makes calls of the student's tickets.

use crate::student::Tickets;
use common::driver::{self, FIRST_METHOD, ask};

const SELL: u64 = FIRST_METHOD;

pub fn main() {
    driver::serve(|| {
        let tickets = Tickets::new(ask());
        driver::calls(&tickets, |tickets, (), method| match method {
            SELL => driver::option(tickets.sell()),
            _ => tickets.sold(),
        });
    });
}
