//! Prints what the model shows.
use model::counters::{self, Size, execute};
use model::exploration::Limits;
use model::{atomic, mutex, race};

fn main() {
    let all: [(&str, fn(Size) -> u64); 12] = [
        ("plain", |s| execute(|_| race::Plain::default(), s)),
        ("load-store", |s| execute(|_| race::LoadStore::default(), s)),
        ("load-spin-store", |s| execute(|_| race::LoadSpinStore::default(), s)),
        ("std", |s| execute(|_| mutex::StdMutex::default(), s)),
        ("pl", |s| execute(|_| mutex::ParkingLot::default(), s)),
        ("spin", |s| execute(|_| mutex::Spin::default(), s)),
        ("twice", |s| execute(|_| mutex::LockedTwice::default(), s)),
        ("fetch", |s| execute(|_| atomic::FetchAdd::default(), s)),
        ("cas", |s| execute(|_| atomic::CompareExchange::default(), s)),
        ("padded", |s| execute(atomic::Padded::new, s)),
        ("adjacent", |s| execute(atomic::Adjacent::new, s)),
        ("local", |s| execute(|_| atomic::LocalThenAdd::default(), s)),
    ];
    for (name, run) in all {
        for (t, k) in [(2, 1), (2, 2), (2, 3), (3, 1)] {
            for record in [true, false] {
                let l = Limits { record, ..Limits::default() };
                let (seen, e) = counters::explore(&l, Size::new(t, k), run);
                println!(
                    "{name} {t}x{k} {record} {} {:.2} {:?} {:?} r{:?} s{:?}",
                    e.executions,
                    e.seconds,
                    e.end,
                    seen.finals,
                    seen.replayable.keys(),
                    seen.stale.keys()
                );
            }
        }
    }
}
