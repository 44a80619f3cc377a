fn main() -> std::process::ExitCode {
    let (smallest, schedule): (u64, [u8; 18]) = (student::SMALLEST, student::SCHEDULE);
    checks::main(&|item, _| checks::race::check(item, smallest, &schedule))
}
