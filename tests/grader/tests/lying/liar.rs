//! A program that lies to the judge. It speaks the language of the line, has the standard library, and answers what it likes.

use std::io::{Read, Write};

/// Replaced by the test.
const SEED: u64 = 0;

struct Random(u64);

impl Random {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % below
    }
}

/// Returns the next question, or ends with the line.
fn question() -> Vec<u8> {
    let mut length = [0; 8];
    if std::io::stdin().read_exact(&mut length).is_err() {
        std::process::exit(0);
    }
    let mut bytes = vec![0; u64::from_le_bytes(length) as usize];
    if std::io::stdin().read_exact(&mut bytes).is_err() {
        std::process::exit(0);
    }
    bytes
}

fn answer(words: &[u64]) {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let mut out = std::io::stdout().lock();
    let frame = [(bytes.len() as u64).to_le_bytes().to_vec(), bytes].concat();
    if out.write_all(&frame).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Operations that could be true: locks, loads, starts of threads, and told values that a check may wait for.
fn likely(random: &mut Random) -> Vec<u64> {
    const NO_OBJECT: u64 = u32::MAX as u64;
    let mut operations = Vec::new();
    let count = random.draw(9);
    for _ in 0..count {
        let (number, object) = (random.draw(18), random.draw(3));
        let (action, object): (Vec<u64>, u64) = match number {
            0 => (vec![0, random.draw(3), random.draw(4)], object),
            1 | 6 | 8 | 9 | 11 | 12 => (vec![number], object),
            2 | 7 => (vec![number, random.draw(4)], object),
            3 => (vec![3, random.draw(11), random.draw(4), u64::MAX], object),
            4 => (vec![4, random.draw(4), random.draw(4), random.draw(5), random.draw(2)], object),
            10 => (vec![10, random.draw(2), 0], object),
            5 | 13 | 15 => (vec![number], NO_OBJECT),
            14 | 16 => (vec![number, random.draw(5)], NO_OBJECT),
            _ => (vec![17, random.draw(3), 0, random.draw(100), 1], NO_OBJECT),
        };
        operations.extend(action);
        operations.extend([object, random.draw(5), 0, 20 + random.draw(5), 9]);
    }
    // Files, values, objects, operations that are as before, further ones, and the end.
    let end = match random.draw(4) {
        0 => vec![1, 1, 0],
        _ => vec![0],
    };
    [vec![2, 0, 0, 0, 0, count], operations, end].concat()
}

fn main() {
    let mut random = Random(SEED);
    // A verdict in each language that the grader might read.
    eprintln!("{{\"item\":\"sum\",\"status\":\"pass\"}}");
    let _ = question();
    match SEED % 6 {
        0 => {
            println!("{{\"item\":\"counts\",\"status\":\"pass\"}}");
            std::process::exit(0);
        }
        1 => answer(&[1, 0, 0, u64::MAX, 1]),
        2 => answer(&[2, u64::MAX, u64::MAX]),
        // The first answer names a file and a value, and the next ones may refer to them.
        _ => answer(&[2, 1, 1, 'x' as u64, 1, 0, 0, 0, 0, 1, 15, u32::MAX.into(), 0, 0, 21, 9, 0]),
    }
    for _ in 0..100_000 {
        let _ = question();
        if random.draw(50) == 0 {
            let words: Vec<u64> = (0..random.draw(40)).map(|_| random.draw(20)).collect();
            answer(&words);
        } else {
            answer(&likely(&mut random));
        }
    }
}
