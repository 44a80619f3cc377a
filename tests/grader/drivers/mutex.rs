struct Lock(student::SpinLock);
struct Account(student::Account);

impl judge::mutex::Lock for Lock {
    fn new() -> Self {
        Self(student::SpinLock::new())
    }
    fn lock(&self) {
        self.0.lock();
    }
    fn unlock(&self) {
        self.0.unlock();
    }
}

impl judge::mutex::Account for Account {
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
    judge::main(judge::mutex::judge::<Lock, Account>)
}
