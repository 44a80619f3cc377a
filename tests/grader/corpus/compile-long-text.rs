// exercise: race
// expected: does-not-compile or limit
// Has a text of two to the power of 34 characters.
use common::exercise::*;
macro_rules! s0 { () => { "0123456789abcdef" } }
macro_rules! s1 { () => { concat!(s0!(), s0!()) } }
macro_rules! s2 { () => { concat!(s1!(), s1!()) } }
macro_rules! s3 { () => { concat!(s2!(), s2!()) } }
macro_rules! s4 { () => { concat!(s3!(), s3!()) } }
macro_rules! s5 { () => { concat!(s4!(), s4!()) } }
macro_rules! s6 { () => { concat!(s5!(), s5!()) } }
macro_rules! s7 { () => { concat!(s6!(), s6!()) } }
macro_rules! s8 { () => { concat!(s7!(), s7!()) } }
macro_rules! s9 { () => { concat!(s8!(), s8!()) } }
macro_rules! s10 { () => { concat!(s9!(), s9!()) } }
macro_rules! s11 { () => { concat!(s10!(), s10!()) } }
macro_rules! s12 { () => { concat!(s11!(), s11!()) } }
macro_rules! s13 { () => { concat!(s12!(), s12!()) } }
macro_rules! s14 { () => { concat!(s13!(), s13!()) } }
macro_rules! s15 { () => { concat!(s14!(), s14!()) } }
macro_rules! s16 { () => { concat!(s15!(), s15!()) } }
macro_rules! s17 { () => { concat!(s16!(), s16!()) } }
macro_rules! s18 { () => { concat!(s17!(), s17!()) } }
macro_rules! s19 { () => { concat!(s18!(), s18!()) } }
macro_rules! s20 { () => { concat!(s19!(), s19!()) } }
macro_rules! s21 { () => { concat!(s20!(), s20!()) } }
macro_rules! s22 { () => { concat!(s21!(), s21!()) } }
macro_rules! s23 { () => { concat!(s22!(), s22!()) } }
macro_rules! s24 { () => { concat!(s23!(), s23!()) } }
macro_rules! s25 { () => { concat!(s24!(), s24!()) } }
macro_rules! s26 { () => { concat!(s25!(), s25!()) } }
macro_rules! s27 { () => { concat!(s26!(), s26!()) } }
macro_rules! s28 { () => { concat!(s27!(), s27!()) } }
macro_rules! s29 { () => { concat!(s28!(), s28!()) } }
macro_rules! s30 { () => { concat!(s29!(), s29!()) } }
const TEXT: &str = s30!();

pub const SMALLEST: u64 = 6;
pub const SCHEDULE: [u8; 18] = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3];
