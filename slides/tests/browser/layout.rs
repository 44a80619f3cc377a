//! Nothing is cut off, crowded or tiny, at both of the usual sizes, in every state of every stepper.

use crate::pages::deck_url;
use browser::chromium::Chromium;
use serde_json::Value;

/// `cramped()`: what on the slide that shows is beyond its frame, on its foot line, cut off in its own box, or too small to read.
/// `states(step)`: puts the slide's stepper into every state of its kept schedule, and into one in `step` of those that a room can
/// reach, among them the last; collects what is cramped in any.
pub const CHECKS: &str = "
window.cramped = () => {
  const slide = slides[current], frame = slide.querySelector('.canvas').getBoundingClientRect();
  const foot = slide.querySelector('.foot').getBoundingClientRect(), found = [];
  const name = (element) => `${element.tagName}.${element.getAttribute('class') ?? ''} ${element.textContent.trim().slice(0, 30)}`;
  for (const element of slide.querySelectorAll('.canvas h2, .content *, .foot *')) {
    if (element.closest('.for-screen-readers')) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    if (!element.closest('.foot') && box.bottom > foot.top + 1) found.push(`on the foot line: ${name(element)}`);
    if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1) found.push(`beyond the frame: ${name(element)}`);
    const isSvg = element instanceof SVGElement;
    if (!isSvg && getComputedStyle(element).display !== 'inline' && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY !== 'visible') && element.clientWidth) {
      found.push(`cut off by ${element.scrollWidth - element.clientWidth} x ${element.scrollHeight - element.clientHeight}: ${name(element)}`);
    }
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    const scale = element instanceof SVGElement ? element.ownerSVGElement?.getScreenCTM().a ?? 1 : 1;
    const size = parseFloat(getComputedStyle(element).fontSize) * scale * 720 / innerHeight;
    if (says && size < 13.5) found.push(`tiny, ${size.toFixed(1)} px: ${name(element)}`);
  }
  return [...new Set(found)];
};
window.states = (step) => {
  const element = stepper(), found = new Map(), look = (what) => cramped().forEach((problem) => found.set(problem, what));
  if (!element) { look('as it opens'); return [...found].map(([problem, what]) => `${what}: ${problem}`); }
  element.clear(); look('predict');
  element.go({ predicted: element.data.values }); element.go({ asks: false }); look('revealed');
  for (let shown = 0; shown <= element.data.exhibit.picks.length; shown++) { element.go({ mode: 'witness', picks: element.data.exhibit.picks.slice(0, shown) }); look(`witness ${shown}`); }
  const ways = new Map([[0, '']]), queue = [0];
  while (queue.length) {
    const place = queue.shift();
    for (const move of element.data.places[place].moves) {
      if (!ways.has(move.to)) { ways.set(move.to, ways.get(place) + move.pick); queue.push(move.to); }
    }
  }
  const reached = [...ways.values()].filter((_, index) => (ways.size - 1 - index) % step === 0);
  for (const picks of reached) for (const hint of [false, true]) { element.go({ mode: 'play', picks, hint }); look(`played ${picks}`); }
  window.visited = ways.size;
  const problems = [...found].map(([problem, what]) => `${what}: ${problem}`);
  element.clear();
  return problems;
};";

fn problems(browser: &mut Chromium, step: usize) -> Vec<String> {
    let mut problems = Vec::new();
    let count = browser.evaluate("slides.length").as_u64().unwrap();
    let mut states = 0;
    for slide in 0..count {
        browser.evaluate(&format!("show({slide})"));
        let found = browser.evaluate(&format!("states({step})"));
        problems.extend(found.as_array().unwrap().iter().map(|problem| format!("slide {}: {problem}", slide + 1)));
        states += browser.evaluate("stepper() ? visited : 0").as_u64().unwrap();
    }
    assert!(count >= 40 && states > 250, "{count} slides, {states} states of steppers");
    problems
}

#[test]
fn no_slide_is_crowded_at_any_state_of_its_stepper_at_either_size() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    browser.evaluate(CHECKS);
    for (width, height, step) in [(1280, 720, 48), (1920, 1080, 192)] {
        let step =
            browser::sampled(&format!("states that a room can reach are looked at, at {width} x {height}"), step);
        browser.resize(width, height);
        assert_eq!(problems(&mut browser, step), [""; 0], "{width} x {height}");
    }
    // The twins: a line too many, a line too long, a box too small, letters too small.
    browser.evaluate("show(0)");
    for (twin, what) in [
        (
            "slides[0].querySelector('.content').insertAdjacentHTML('beforeend', '<p>more</p>'.repeat(30))",
            "on the foot line",
        ),
        ("slides[0].querySelector('.content').innerHTML = '<pre>' + 'x'.repeat(300) + '</pre>'", "beyond the frame"),
        (
            "slides[0].querySelector('.content').innerHTML = '<p style=\"width: 3em; overflow: hidden; white-space: nowrap\">too long for it</p>'",
            "cut off",
        ),
        ("slides[0].querySelector('.content').innerHTML = '<p style=\"font-size: 9px\">x</p>'", "tiny"),
    ] {
        browser.evaluate(twin);
        let found = browser.evaluate("cramped()");
        let is_it = |problem: &Value| problem.as_str().is_some_and(|problem| problem.contains(what));
        assert!(found.as_array().unwrap().iter().any(is_it), "{what}: {found}");
    }
    assert_eq!(browser.problems(), [""; 0]);
}

#[test]
fn the_slide_keeps_its_shape_in_any_window() {
    let Some(mut browser) = Chromium::open(deck_url(), 1280, 720) else { return };
    for (width, height) in [(1024, 768), (800, 1200), (2560, 1440), (640, 360)] {
        browser.resize(width, height);
        let shape = browser.evaluate("(() => { const box = slides[0].querySelector('.canvas').getBoundingClientRect(); return [box.width / box.height, box.left >= -1, box.right <= innerWidth + 1, box.bottom <= innerHeight + 1] })()");
        assert!((shape[0].as_f64().unwrap() - 16.0 / 9.0).abs() < 0.01, "{shape}");
        assert!((1..4).all(|index| shape[index] == true), "{width} x {height}: {shape}");
    }
}
