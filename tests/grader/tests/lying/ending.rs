//! A program that ends, or tries what the sandbox refuses, in place of an answer. It has the standard library.

use std::net::UdpSocket;
use std::process::{self, Command};
use std::time::Duration;
use std::{fs, thread};

/// Replaced by the test.
const WAY: &str = "exits";

fn main() {
    match WAY {
        "starts a thread" => drop(thread::spawn(|| {})),
        "starts a process" => drop(Command::new("/judged").status().unwrap()),
        "sleeps" => thread::sleep(Duration::from_secs(1)),
        "connects" => drop(UdpSocket::bind("127.0.0.1:0").unwrap()),
        "writes a file" => fs::write("/tmp/new", "x").unwrap(),
        "exits" => process::exit(0),
        other => unreachable!("{other} is not a way"),
    }
}
