//! `cargo try heavy` runs your exercise on real threads. Change this file as you like: it is not graded.

#![no_std]
#![forbid(unsafe_code)]
#![allow(dead_code, unused_imports, unused_variables)]

mod exercise;

use common::exercise::*;
use exercise::balanced_sum;

fn main() {
    let terms = Terms::new(10_007);
    for workers in [1, 2, 3, 8] {
        let sum = balanced_sum(&terms, workers);
        println!("workers {workers}: the sum is {sum}, with the bits {:016x}", sum.to_bits());
    }
    println!("The bits must be the same in every row.");
}
