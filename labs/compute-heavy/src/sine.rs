//! The sine as a polynomial. It is accurate only for 0 <= x <= 1.

/// The coefficients of the Taylor series, `1/n!` with alternating signs, from the term of degree 17 down to the term of degree 3.
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
/// The library's sine first reduces any angle to a small one and then chooses among cases. A compiler cannot vectorise that. This sine
/// consists only of additions and multiplications.
///
/// For 0 <= x <= 1 the error is less than 2^-52, about 2.2e-16. The terms decrease and alternate in sign, so the error of stopping here
/// is less than the first omitted term, `x^19/19!` < 8.3e-18. Rounding adds at most 1.5 * 2^-53, most of it in the last two
/// operations. Above 1 the error grows fast, and the function does not check for that.
///
/// `multiply_add(a, b, c)` is `a * b + c`, rounded once or twice.
#[inline(always)]
pub fn sine(x: f64, multiply_add: impl Fn(f64, f64, f64) -> f64) -> f64 {
    let square = x * x;
    let (highest, rest) = (COEFFICIENTS[0], &COEFFICIENTS[1..]);
    let series = rest.iter().fold(highest, |series, &coefficient| multiply_add(series, square, coefficient));
    multiply_add(x * square, series, x)
}
