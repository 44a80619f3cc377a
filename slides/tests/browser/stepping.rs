//! Clicker, keys, buttons, touch and addresses.

use crate::pages::{deck_url, stepper_url};
use browser::chromium::Chromium;

/// Goes to the slide with that stepper.
fn go_to(browser: &mut Chromium, stepper: &str) {
    browser.evaluate(&format!(
        "show(Number(document.querySelector('lane-stepper[data-name=\"{stepper}\"]').closest('.slide').dataset.number) - 1)"
    ));
}

fn says(browser: &mut Chromium) -> String {
    browser.text("stepper().querySelector('.says').textContent")
}

fn lanes(browser: &mut Chromium) -> String {
    browser.text("[...stepper().querySelectorAll('.lanes tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('|')).join('\\n')")
}

#[test]
fn a_clicker_alone_goes_through_the_whole_deck_and_plays_every_schedule() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    let count = browser.evaluate("slides.length").as_u64().unwrap();
    let steps = browser.evaluate("slides.reduce((sum, slide) => sum + 1 + (stepper(slide) && stepper(slide).data.mode === 'witness' ? 1 + stepper(slide).data.exhibit.picks.length : stepper(slide) ? 1 : 0), 0)").as_u64().unwrap();
    for _ in 1..steps {
        assert_ne!(browser.text("location.hash"), format!("#{count}"), "too early at the end");
        browser.press("PageDown");
    }
    assert_eq!(browser.text("location.hash"), format!("#{count}"));
    // Back again: in the quick tests from a slide near the front.
    let back = (steps + 20) / browser::sampled("steps is taken back", 5) as u64;
    if back < steps {
        browser.evaluate(&format!("show({})", back / 8));
    }
    for _ in 0..back {
        browser.press("PageUp");
    }
    assert_eq!(browser.text("location.hash"), "#1", "and back again");
    for (key, hash) in [
        ("End", format!("#{count}")),
        ("Home", "#1".into()),
        ("ArrowRight", "#2".into()),
        (" ", "#3".into()),
        ("ArrowLeft", "#2".into()),
    ] {
        browser.press(key);
        assert_eq!(browser.text("location.hash"), hash, "{key:?}");
    }
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn the_kept_schedule_loses_an_update_on_the_lines_that_run() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "lose-an-update");
    assert!(says(&mut browser).contains("Predict first"));
    browser.press("PageDown");
    assert!(says(&mut browser).contains("Of 6 schedules, 4 end at 1 and 2 end at 2."));
    for _ in 0..4 {
        browser.press("PageDown");
    }
    let end = says(&mut browser);
    assert!(
        end.contains("An update is lost.")
            && end.contains("Final value 1, expected 2.")
            && end.contains("4 of 6 schedules end here."),
        "{end}"
    );
    assert_eq!(lanes(&mut browser), "1|load → seen=0||0\n2||load → seen=0|0\n3||store 1|1\n4|store 1 ✗ over 1||1");
    let ran = browser.text("stepper().querySelector('li.ran').textContent");
    assert!(ran.contains("self.0.store(seen + 1"), "{ran}");
}

#[test]
fn a_number_of_schedules_agrees_with_its_verb() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "lose-an-update");
    let mut counts = |ends: &str| {
        let ends = format!("{{ ends: {ends} }}");
        browser.evaluate(&format!(
            "(() => {{ const one = stepper(), place = {ends}, total = one.count(place), said = []; \
             one.sayEnd((text) => said.push(text), {{ ends: [place.ends[0]] }}, place, String(total)); \
             return [one.counts(place, String(total)), said.at(-1)] }})()"
        ))
    };
    for (ends, all, end) in [
        ("[['1', 1]]", "The only schedule ends at 1.", "It is the only schedule."),
        ("[['1', 2]]", "All 2 schedules end at 1.", "All 2 schedules end here."),
        ("[['1', 1], ['2', 2]]", "Of 3 schedules, 1 ends at 1 and 2 end at 2.", "1 of 3 schedules ends here."),
        ("[['1', 2], ['2', 1]]", "Of 3 schedules, 2 end at 1 and 1 ends at 2.", "2 of 3 schedules end here."),
    ] {
        assert_eq!(counts(ends), serde_json::json!([all, end]));
    }
}

#[test]
fn the_room_wins_the_puzzle_by_keys() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "end-at-two");
    browser.press_all("y2h");
    let hint = says(&mut browser);
    assert!(hint.contains("Still possible (schedules): 2 (") && hint.contains(" or 6 ("), "{hint}");
    browser.press_all("h12221211112");
    let end = says(&mut browser);
    assert!(end.contains("You did it!") && end.contains("8 of 924 schedules end here."), "{end}");
    browser.press("u");
    assert!(!says(&mut browser).contains("You did it!"), "undone");
    browser.press("r");
    assert_eq!(lanes(&mut browser), "");
    // A wrong turn, and the hint says so.
    browser.press_all("h112");
    assert!(says(&mut browser).contains("Still possible"));
    browser.press_all("rh");
    browser.press_all("111111");
    browser.press("h");
    let hint = says(&mut browser);
    assert!(hint.contains("2 is no longer possible: undo."), "{hint}");
}

#[test]
fn a_prediction_is_judged() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "lose-an-update");
    browser.press_all("2");
    browser.press("ArrowRight");
    let judged = says(&mut browser);
    assert!(judged.contains("You predicted 2: ✗ not quite."), "{judged}");
    browser.press_all("p1");
    browser.press("ArrowRight");
    assert!(says(&mut browser).contains("You predicted 1, 2: ✓ right."));
}

#[test]
fn under_the_lock_a_lane_is_blocked_and_no_update_is_lost() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "lock");
    browser.press_all("y12");
    assert_eq!(lanes(&mut browser), "1|taken: false → true|BLOCKED|0", "2 cannot run");
    assert!(browser.evaluate("stepper().querySelector('button[data-key=\"2\"]').disabled") == true);
    browser.press_all("1112222");
    let end = says(&mut browser);
    assert!(end.contains("no update is lost") && end.contains("All 2 schedules end here."), "{end}");
    go_to(&mut browser, "locked-twice");
    browser.press_all("y11222211");
    let end = says(&mut browser);
    assert!(
        end.contains("Final value 1, expected 2.") && end.contains("You did it!"),
        "its twin, that locks twice: {end}"
    );
}

#[test]
fn a_store_waits_in_its_buffer_until_its_key_lets_it_reach_memory() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "store-buffering");
    let buffers = |browser: &mut Chromium| {
        browser.text(
            "[...stepper().querySelectorAll('.buffer .stores, .shared b')].map((box) => box.textContent).join('|')",
        )
    };
    browser.press_all("y11");
    assert_eq!(buffers(&mut browser), "x = 1|empty|x = 0, y = 0");
    assert!(
        browser.evaluate("stepper().querySelector('button[data-key=B]').disabled") == true,
        "T2 has stored nothing"
    );
    browser.press_all("22");
    browser.click(".slide.on lane-stepper button[data-key=\"A\"]");
    assert_eq!(buffers(&mut browser), "empty|y = 1|x = 1, y = 0");
    browser.press_all("b");
    assert!(lanes(&mut browser).ends_with("5|x = 1 → memory|\n6||y = 1 → memory"), "{}", lanes(&mut browser));
    let end = says(&mut browser);
    for text in
        ["a = 0, b = 0: no order of the loads and stores explains it.", "You did it!", "18 of 80 schedules end here."]
    {
        assert!(end.contains(text), "{end}");
    }
    // The twin: a store that reaches memory at once is seen.
    browser.press_all("r1a122b");
    assert!(says(&mut browser).contains("a = 0, b = 1. Some order of the loads and stores explains it."));
}

#[test]
fn the_flag_comes_with_the_data_on_an_x86_and_without_it_in_the_execution_that_cpp20_allows() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "message-passing");
    browser.press_all("124");
    browser.press("PageDown");
    let revealed = says(&mut browser);
    assert!(revealed.contains("C++20, relaxed: all 4.") && revealed.contains("✓ right."), "{revealed}");
    for _ in 0..4 {
        browser.press("PageDown");
    }
    assert_eq!(
        lanes(&mut browser),
        "1|store data = 42||\n2|store ready = true||\n3||load ready → true|step 2\n4||load data → 0|the start"
    );
    let end = says(&mut browser);
    assert!(
        end.contains("ready = true, data = 0: no order of the loads and stores explains it.")
            && !end.contains("schedules")
    );
    assert_eq!(browser.text("stepper().querySelector('.share').textContent"), "", "it is no schedule");
    // By hand, the flag reaches memory after the data, so the reader sees both.
    browser.press_all("y11aa2h");
    assert!(says(&mut browser).contains("Still possible (schedules): ready = true, data = 42 (1)."));
    browser.press_all("h2");
    assert!(says(&mut browser).contains("ready = true, data = 42. Some order of the loads and stores explains it."));
}

#[test]
fn a_schedule_can_be_shared_by_its_address() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    go_to(&mut browser, "lose-an-update");
    let slide = browser.text("location.hash");
    browser.press_all("y1221");
    assert_eq!(browser.text("location.hash"), format!("{slide}?s=1221"));
    assert_eq!(browser.text("stepper().querySelector('.share').textContent"), format!("This schedule: {slide}?s=1221"));
    browser.navigate(&format!("{}{slide}?s=1221", deck_url().replace("deck.html", "deck.html?again")));
    browser.wait_for("typeof current === 'number' && current > 0");
    assert!(says(&mut browser).contains("4 of 6 schedules end here."));
    browser.evaluate(&format!("location.hash = '{slide}?s=12999'"));
    browser.wait_for("stepper().state.picks === '12'"); // as far as it is possible
    browser.evaluate("location.hash = '#99999'");
    browser.wait_for("current === slides.length - 1");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn buttons_and_fingers_do_what_keys_do() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    browser.click("#turn button[data-key=PageDown]");
    assert_eq!(browser.text("location.hash"), "#2");
    browser.swipe((900.0, 300.0), (300.0, 310.0));
    browser.wait_for("location.hash === '#3'");
    browser.swipe((300.0, 300.0), (900.0, 310.0));
    browser.wait_for("location.hash === '#2'");
    go_to(&mut browser, "lose-an-update");
    let within = |button: &str| format!(".slide.on lane-stepper button[data-key=\"{button}\"]");
    for button in ["Y", "1", "2", "U", "2", "2", "1"] {
        browser.click(&within(button));
    }
    assert!(says(&mut browser).contains("You did it!"));
    // A button that has the focus keeps it, and takes the space bar for itself.
    browser.click(&within("R"));
    browser.click(&within("1"));
    browser.press(" ");
    assert_eq!(browser.text("stepper().state.picks"), "11");
}

#[test]
fn theme_overview_help_and_full_screen() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    assert_eq!(browser.text("document.documentElement.dataset.theme"), "light");
    browser.press("d");
    assert_eq!(browser.text("document.documentElement.dataset.theme"), "dark");
    browser.press("?");
    assert!(browser.evaluate("document.getElementById('help').open") == true);
    browser.press("Escape");
    browser.wait_for("!document.getElementById('help').open");
    browser.press("o");
    assert!(browser.evaluate("slides.every((slide) => slide.getBoundingClientRect().height > 50)") == true);
    browser.click(".slide:nth-of-type(3)");
    assert_eq!(
        (browser.text("location.hash"), browser.evaluate("document.body.classList.contains('overview')")),
        ("#3".into(), false.into())
    );
    browser.press("f");
    browser.wait_for("document.fullscreenElement !== null");
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn the_steppers_alone_take_keys_where_they_have_the_focus_and_fit_a_frame() {
    let Some(mut browser) = Chromium::open(stepper_url(), 1100, 900) else { return };
    assert_eq!(browser.evaluate("steppers.length"), 2);
    browser.click("#lose-an-update h2");
    browser.press_all("y1221");
    assert!(browser.text("steppers[0].querySelector('.says').textContent").contains("You did it!"));
    assert_eq!(browser.text("steppers[1].state.picks"), "", "the others stay as they are");
    let shared = browser.text("steppers[0].querySelector('.share').getAttribute('href')");
    assert_eq!(shared, "#stepper-lose-an-update?s=1221");
    browser.evaluate("location.hash = '#stepper-end-at-two?s=12'");
    browser.wait_for("steppers[1].state.picks === '12'");
    for width in [1100, 700, 400] {
        browser.resize(width, 900);
        let overflow = browser.evaluate("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
        assert!(overflow <= 0, "{width}: {overflow}");
    }
    let frame = crate::pages::page_url(
        "frame.html",
        &format!("<!doctype html><title>x</title><iframe width=1000 height=700 src=\"{}\"></iframe>", stepper_url()),
    );
    browser.navigate(&frame);
    browser.wait_for("document.querySelector('iframe') !== null");
    assert_eq!(browser.problems(), [""; 0]);
}
