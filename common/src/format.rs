//! Formats numbers and tables for people: 80 columns, readable without colour and by a screen reader.

/// Formats `1000000` as `1,000,000`.
pub fn integer(value: impl Into<i128>) -> String {
    let value: i128 = value.into();
    let digits = value.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0 { format!("-{text}") } else { text }
}

/// Formats seconds with three significant digits and a suitable unit: `22.5 ms`.
pub fn seconds(seconds: f64) -> String {
    let (scaled, unit) = match seconds.abs() {
        s if s >= 1.0 => (seconds, "s"),
        s if s >= 1e-3 => (seconds * 1e3, "ms"),
        s if s >= 1e-6 => (seconds * 1e6, "µs"),
        _ => (seconds * 1e9, "ns"),
    };
    format!("{} {unit}", significant(scaled))
}

/// Formats a ratio as a speed-up, with two or three digits: `0.030x`, `2.70x`, `31.4x`.
pub fn ratio(ratio: f64) -> String {
    match ratio.abs() {
        r if r >= 99.5 => format!("{ratio:.0}x"),
        r if r >= 9.95 => format!("{ratio:.1}x"),
        r if r >= 0.0995 || r == 0.0 => format!("{ratio:.2}x"),
        r if r >= 0.009_95 => format!("{ratio:.3}x"),
        r if r >= 0.000_995 => format!("{ratio:.4}x"),
        _ => format!("{ratio:.1e}x"),
    }
}

/// Formats bytes in powers of 1000, as disks and memories are sold: `400 MB`.
pub fn bytes(bytes: u128) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{} {}", significant(value), units[unit]) }
}

/// Formats a share as a whole percentage: `0.934` as `93 %`.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Formats three significant digits without an exponent.
pub fn significant(value: f64) -> String {
    match value.abs() {
        v if v >= 99.95 => format!("{value:.0}"),
        v if v >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Formats a table with a header: the first column aligned to the left, the others to the right, two spaces between.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([header[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let cell = |(index, cell): (usize, &&str)| {
            let padding = " ".repeat(widths[index] - cell.chars().count());
            if index == 0 { format!("{cell}{padding}") } else { format!("{padding}{cell}") }
        };
        cells.iter().enumerate().map(cell).collect::<Vec<_>>().join("  ").trim_end().to_string()
    };
    let mut text = line(header.to_vec()) + "\n";
    for row in rows {
        text += &(line(row.iter().map(String::as_str).collect()) + "\n");
    }
    text
}

/// Formats a [`table`]. If it is wider than `width` columns, rows and columns are exchanged. If that does not fit
/// either, it becomes several tables below each other, each with the first column and some of the others.
pub fn table_within(width: usize, header: &[&str], rows: &[Vec<String>]) -> String {
    let fits = |text: &str| text.lines().all(|line| line.chars().count() <= width);
    let upright = table(header, rows);
    if fits(&upright) {
        return upright;
    }
    let cells = |column: usize| rows.iter().map(move |row| row[column].clone());
    let first: Vec<String> = cells(0).collect();
    let turned_header: Vec<&str> = [header[0]].into_iter().chain(first.iter().map(String::as_str)).collect();
    let turned =
        (1..header.len()).map(|column| [header[column].to_string()].into_iter().chain(cells(column)).collect());
    let turned = table(&turned_header, &turned.collect::<Vec<_>>());
    if fits(&turned) {
        return turned;
    }
    let some = |columns: &[usize]| {
        let header: Vec<&str> = columns.iter().map(|&column| header[column]).collect();
        let row = |row: &Vec<String>| columns.iter().map(|&column| row[column].clone()).collect();
        table(&header, &rows.iter().map(row).collect::<Vec<_>>())
    };
    let mut parts = vec![vec![0]];
    for column in 1..header.len() {
        let part = parts.last_mut().expect("never empty");
        part.push(column);
        if part.len() > 2 && !fits(&some(part)) {
            part.pop();
            parts.push(vec![0, column]);
        }
    }
    parts.iter().map(|part| some(part)).collect::<Vec<_>>().join("\n")
}

/// Formats numbers in ascending order. A row without a gap becomes its ends, `2 to 6`; no number becomes `-`.
pub fn numbers(numbers: &[u64]) -> String {
    match numbers {
        [] => "-".into(),
        [first, _, .., last] if last - first + 1 == numbers.len() as u64 => format!("{first} to {last}"),
        _ => numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    }
}

/// Breaks text at spaces so that no line is longer than `width` columns; lines after the first are indented.
pub fn wrap(text: &str, width: usize, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(indent.to_string());
        }
        let line = lines.last_mut().expect("never empty");
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_numbers_is_its_ends_and_one_with_a_gap_is_not() {
        let shown = [&[][..], &[2], &[1, 2], &[2, 3, 4], &[2, 3, 5]].map(numbers);
        assert_eq!(shown, ["-", "2", "1, 2", "2 to 4", "2, 3, 5"]);
    }

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(integer(1_000_000), "1,000,000");
        assert_eq!(integer(999), "999");
        assert_eq!(integer(-1234), "-1,234");
        assert_eq!(seconds(0.0225), "22.5 ms");
        assert_eq!(seconds(3.2e-9), "3.20 ns");
        assert_eq!(ratio(0.0301), "0.030x");
        assert_eq!(ratio(2.694), "2.69x");
        assert_eq!(bytes(400_000_000), "400 MB");
        assert_eq!(bytes(17), "17 bytes");
    }

    #[test]
    fn a_table_lines_up_and_a_paragraph_keeps_its_width() {
        let table =
            table(&["variant", "time"], &[vec!["plain".into(), "1 µs".into()], vec!["x".into(), "10 ms".into()]]);
        assert_eq!(table, "variant   time\nplain     1 µs\nx        10 ms\n");
        let header = ["threads", "adjacent", "padded"];
        let rows =
            [vec!["1".to_string(), "3 ns".into(), "2 ns".into()], vec!["10".into(), "9 ns".into(), "1 ns".into()]];
        assert_eq!(table_within(80, &header, &rows), super::table(&header, &rows));
        assert_eq!(
            table_within(20, &header, &rows),
            "threads      1    10\nadjacent  3 ns  9 ns\npadded    2 ns  1 ns\n"
        );
        assert_eq!(
            table_within(18, &header, &rows),
            "threads  adjacent\n1            3 ns\n10           9 ns\n\nthreads  padded\n1          2 ns\n10         1 ns\n"
        );
        let text = wrap("one two three four five", 9, "  ");
        assert_eq!(text, "one two\n  three\n  four\n  five");
    }
}
