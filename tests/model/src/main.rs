//! Prints what the model shows.
fn main() -> std::io::Result<()> {
    model::witnesses::renew(|p| println!("{}", p.display()))
}
