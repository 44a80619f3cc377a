//! `cargo try mutex` runs your exercise on real threads. Change this file as you like: it is not graded.

#![no_std]
#![forbid(unsafe_code)]
#![allow(dead_code, unused_imports, unused_variables)]

mod exercise;

use common::exercise::*;
use exercise::{Account, FairLock};

fn main() {
    let lock = FairLock::new();
    let number = lock.arrive();
    println!("The first thread draws number {number}.");
    lock.wait(number);
    lock.leave();
    in_threads(3, |thread| {
        let number = lock.arrive();
        lock.wait(number);
        println!("Thread {thread} holds the lock with number {number}.");
        lock.leave();
    });

    let account = Account::new(100);
    let paid = in_threads(10, |_| account.withdraw(30));
    let paid = paid.into_iter().filter(|is_paid| *is_paid).count();
    println!("10 threads withdraw 30 from 100: {paid} succeed, and {} is left.", account.balance());
}
