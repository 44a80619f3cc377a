struct Lock(student::FairLock);
struct Account(student::Account);

impl checks::mutex::Lock for Lock {
    fn new() -> Self {
        Self(student::FairLock::new())
    }
    fn arrive(&self) -> u64 {
        self.0.arrive()
    }
    fn wait(&self, number: u64) {
        self.0.wait(number);
    }
    fn leave(&self) {
        self.0.leave();
    }
}

impl checks::mutex::Account for Account {
    fn new(balance: u64) -> Self {
        Self(student::Account::new(balance))
    }
    fn withdraw(&self, amount: u64) -> bool {
        self.0.withdraw(amount)
    }
    fn balance(&self) -> u64 {
        self.0.balance()
    }
}

fn main() -> std::process::ExitCode {
    checks::main(checks::mutex::judge::<Lock, Account>)
}
