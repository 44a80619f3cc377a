//! Arrays made of random numbers that are the same on every machine.
//!
//! The generator is Xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), named here
//! rather than left to a default that may change: the same seed gives the same array on every machine and in every year.

use crate::Error;
use crate::{format, huge_pages, machine};
use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

/// Returns `size` integers, each in 1..=99, as in the lecture's arrays.
#[inline]
pub fn integers(size: usize, seed: u64) -> Vec<i64> {
    let mut array = vec![0; size];
    huge_pages::advise(&mut array);
    fill_integers(&mut array, seed);
    array
}

/// Fills existing memory, such as shared memory, with the numbers that [`integers`] returns.
#[inline]
pub fn fill_integers(array: &mut [i64], seed: u64) {
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    array.fill_with(|| generator.random_range(1..=99));
}

/// Returns `size` doubles, uniform in [0, 1).
#[inline]
pub fn doubles(size: usize, seed: u64) -> Vec<f64> {
    let mut array = vec![0.0; size];
    huge_pages::advise(&mut array);
    let mut generator = Xoshiro256PlusPlus::seed_from_u64(seed);
    array.fill_with(|| generator.random());
    array
}

/// Rejects a size that memory cannot hold, before anything is allocated.
///
/// `copies` is the largest number of arrays of 8-byte elements that the lab holds at the same time.
///
/// # Errors
///
/// [`Error::Usage`] with the largest size that fits.
pub fn ensure_fits(size: usize, copies: usize) -> Result<(), Error> {
    ensure_fits_in(machine::available_memory(), size, copies)
}

fn ensure_fits_in(available: Option<u64>, size: usize, copies: usize) -> Result<(), Error> {
    const HEADROOM: u128 = 64 << 20; // for everything except the array
    let per_element = 8 * copies as u128;
    let needed = size as u128 * per_element;
    // Half of a small memory is for arrays, so that some size always fits.
    let room = available.map(u128::from).map(|available| (available / 2).max(available.saturating_sub(HEADROOM)));
    match available.zip(room) {
        Some((available, room)) if needed > room => {
            let most = room / per_element;
            Err(Error::Usage(format!(
                "--size {size} needs {}, but {} of memory are available: give at most --size {}",
                format::bytes(needed),
                format::bytes(available.into()),
                if most < 1000 { most } else { most / 1000 * 1000 },
            )))
        }
        None if needed > isize::MAX as u128 => {
            Err(Error::Usage(format!("--size {size} is more than any memory holds: give at most --size 1000000000")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_array_on_every_machine() {
        assert_eq!(integers(8, 7001), [74, 67, 84, 35, 28, 19, 27, 58]);
        assert_eq!(integers(1000, 1).iter().sum::<i64>(), 50_019);
        assert_eq!(doubles(2, 7001), [0.7438767572249391, 0.6742287137746095]);
        assert_ne!(integers(8, 7001), integers(8, 7002));
    }

    #[test]
    fn elements_keep_their_range() {
        assert!(integers(100_000, 3).iter().all(|element| (1..=99).contains(element)));
        assert!(doubles(100_000, 3).iter().all(|element| (0.0..1.0).contains(element)));
    }

    #[test]
    fn a_size_that_a_refusal_offers_fits() {
        for available in [100, 60_000_000, 100_000_000, 1 << 40] {
            let error = ensure_fits_in(Some(available), usize::MAX / 16, 2).unwrap_err().to_string();
            let most: usize = error.rsplit(' ').next().unwrap().parse().unwrap();
            assert!(most > 0 && ensure_fits_in(Some(available), most, 2).is_ok(), "{error}");
            assert!(ensure_fits_in(Some(available), most + 1000, 2).is_err(), "{error}");
        }
    }

    #[test]
    fn a_size_beyond_memory_is_refused_before_allocating() {
        assert!(ensure_fits(1, 1).is_ok());
        let error = ensure_fits(usize::MAX, 2).unwrap_err();
        assert_eq!(error.exit_status(), 2);
        assert!(error.to_string().contains("give at most --size"), "{error}");
    }
}
