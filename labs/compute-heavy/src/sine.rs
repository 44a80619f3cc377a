//! The sine as a polynomial, for 0 <= x <= 1 and nowhere else.

/// The coefficients of Taylor's series, `1/n!` with alternating signs, from the term of degree 17 down to that of degree 3.
const COEFFICIENTS: [f64; 8] = [
    1.0 / 355_687_428_096_000.0,
    -1.0 / 1_307_674_368_000.0,
    1.0 / 6_227_020_800.0,
    -1.0 / 39_916_800.0,
    1.0 / 362_880.0,
    -1.0 / 5_040.0,
    1.0 / 120.0,
    -1.0 / 6.0,
];

/// `sin x = x - x^3/3! + x^5/5! - ... + x^17/17!`, by Horner's rule in `x * x`.
///
/// The library's sine has to bring any angle near zero first, and to choose among cases; a compiler cannot do that to several
/// numbers at once. This one is nothing but additions and multiplications.
///
/// Error for 0 <= x <= 1: less than 2^-52, about 2.2e-16. The terms of the series fall and alternate, so what is left out is
/// less than the first term left out, `x^19/19!` < 8.3e-18; rounding adds at most 1.5 * 2^-53, most of it in the last two
/// operations. Above 1 the error grows fast, and nothing here notices.
///
/// `multiply_add(a, b, c)` is `a * b + c`, rounded once or twice.
#[inline(always)]
pub fn sine(x: f64, multiply_add: impl Fn(f64, f64, f64) -> f64) -> f64 {
    let square = x * x;
    let (highest, rest) = (COEFFICIENTS[0], &COEFFICIENTS[1..]);
    let series = rest.iter().fold(highest, |series, &coefficient| multiply_add(series, square, coefficient));
    multiply_add(x * square, series, x)
}
