//! Prints what the model shows.

use model::exploration::Limits;
use model::table;
use std::io::{self, Write};

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    write!(output, "{}", table::head())?;
    let rows = table::judge(&table::plan(), &Limits::default(), |row| {
        let _ = write!(output, "{}", table::line(row));
    });
    write!(output, "{}", table::explanation(&rows))
}
