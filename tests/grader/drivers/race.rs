fn main() -> std::process::ExitCode {
    let (smallest, schedule): (u64, [u8; 12]) = (student::SMALLEST, student::SCHEDULE);
    judge::main(|item, _| judge::race::judge(item, smallest, &schedule))
}
