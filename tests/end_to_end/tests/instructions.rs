//! Checks that no kernel of a lab takes more or fewer instructions than the committed figures say.

use end_to_end::programs;
use speed::instructions::callgrind::{self, HOW_TO_GET_IT};
use speed::instructions::figures::{Figure, Figures, compiler};
use std::process::Command;

const WHAT: &str = "instruction counts";

fn committed() -> Figures {
    Figures::parse(&end_to_end::read("tests/speed/instructions.txt")).unwrap()
}

/// Returns whether instructions can be counted here and compared with the figures.
fn can_compare() -> bool {
    let (committed, here) = (committed().compiler, compiler());
    let is_same = committed == here;
    if !is_same {
        end_to_end::skipped(
            WHAT,
            &format!("the figures are of {committed}, this is {here}; `cargo instructions` shows how they differ"),
        );
    } else if !callgrind::is_here() {
        end_to_end::skipped(WHAT, HOW_TO_GET_IT);
    }
    is_same && callgrind::is_here()
}

#[test]
fn every_kernel_takes_as_many_instructions_as_was_committed() {
    if !can_compare() {
        return;
    }
    let kernels = end_to_end::sample(committed().lines, 5, "kernels: their instructions");
    if workspace::thorough() {
        let output = Command::new(programs::program("instructions")).output().unwrap();
        let (counted, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        counted.lines().filter(|line| line.contains("NOT CHECKED")).for_each(|line| end_to_end::skipped(WHAT, line));
        assert!(output.status.success(), "{said}");
        assert_eq!(counted.lines().count(), kernels.len(), "{counted}");
    } else {
        let program = programs::program("instructions");
        let count =
            |figure: &Figure| (figure.kernel.clone(), callgrind::per_element(&program, &figure.kernel).unwrap());
        let counted: Vec<(String, f64)> = kernels.iter().map(count).collect();
        let counted: Vec<(&str, f64)> = counted.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(Figures { lines: kernels, ..committed() }.differences(&counted), [""; 0]);
    }
}

#[test]
fn a_kernel_that_became_worse_is_noticed() {
    if can_compare() {
        let count = |kernel: &str| callgrind::per_element(&programs::program("instructions"), kernel).unwrap();
        let (real, worse) = (count("naive/sequential"), count("twin/sequential"));
        let only = |figures: Figures| Figures {
            lines: figures.lines.into_iter().filter(|figure| figure.kernel == "naive/sequential").collect(),
            ..figures
        };
        assert_eq!(only(committed()).differences(&[("naive/sequential", real)]), [""; 0]);
        let noticed = only(committed()).differences(&[("naive/sequential", worse)]);
        assert!(noticed.len() == 1 && noticed[0].ends_with("worse"), "{real} and {worse}: {noticed:?}");
    }
}

#[test]
fn a_figure_that_is_a_fifth_away_or_of_no_kernel_is_noticed() {
    let committed = committed();
    let counted: Vec<(&str, f64)> =
        committed.lines.iter().map(|figure| (figure.kernel.as_str(), figure.instructions)).collect();
    assert!(counted.len() >= 18, "{counted:?}");
    assert_eq!(committed.differences(&counted), [""; 0]);
    for (position, (kernel, instructions)) in counted.iter().enumerate() {
        for (factor, more, word) in [(1.2, 0.1, "worse"), (0.8, -0.1, "better")] {
            let mut changed = counted.clone();
            changed[position].1 = if *instructions > 0.0 { factor * instructions } else { more };
            let differences = committed.differences(&changed);
            assert!(differences.len() == 1 && differences[0].starts_with(kernel), "{differences:?}");
            assert!(differences[0].ends_with(word), "{differences:?}");
        }
        let mut fewer = counted.clone();
        fewer.remove(position);
        assert!(committed.differences(&fewer)[0].ends_with("not counted any more"));
    }
    let new = [&counted[..], &[("race/new", 1.0)]].concat();
    assert!(committed.differences(&new)[0].ends_with("is new"));
}

#[test]
fn renewed_figures_can_be_read_and_keep_their_tolerances() {
    let mut figures = committed();
    figures.lines[0].tolerance = 7.0;
    let renewed = Figures::parse(&figures.renewed(&[(&figures.lines[0].kernel, 2.5), ("race/new", 1.0)])).unwrap();
    let read: Vec<_> = renewed.lines.iter().map(|figure| (figure.instructions, figure.tolerance)).collect();
    assert_eq!(read, [(2.5, 7.0), (1.0, 3.0)]);
    assert_eq!(renewed.compiler, compiler());
    for broken in ["", "# Counted with x\nrace/new 1.0", "# Counted with x\nrace/new much +- 3 %"] {
        assert!(Figures::parse(broken).is_err(), "{broken:?}");
    }
}

#[test]
fn a_call_counts_once_and_the_mathematical_library_not_at_all() {
    let profile = "version: 1\nob=/a/lab\nfn=main\n12 5\ncob=/lib/libm.so.6\ncfn=sin\ncalls=1 0\n12 700\n13 2\n\nob=/lib/libm.so.6\nfn=sin\n0 700\n\nob=/lib/libc.so.6\nfn=memcpy\n0 11\n\ntotals: 718\n";
    assert_eq!(callgrind::sum(profile), Some(18));
    assert_eq!(callgrind::sum("nothing was counted"), None);
}
