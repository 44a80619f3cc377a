//! Uses what is neither shared nor a sum: boxes, lists, texts and maps.

use common::exercise::*;

/// Uses each name once.
pub fn values() -> String {
    let boxed: Box<u64> = Box::new(3);
    let list: Vec<u64> = vec![*boxed, 1, 2];
    let mut map: BTreeMap<u64, String> = BTreeMap::new();
    for number in &list {
        map.insert(*number, number.to_string());
    }
    let owned: String = "of ".to_owned() + &format!("{}", list.len());
    println!("This is seen in `cargo try` alone: {owned}");
    map.into_values().collect::<String>() + &owned
}
