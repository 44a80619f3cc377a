//! The canvas of a picture: shapes with classes for the style sheet, and texts. The positions of the texts are stored,
//! so that a test can check that none overlap.

use maud::{Markup, PreEscaped, html};
use std::fmt::Write as _;

/// The width, in units of the picture. On a slide of 1280 x 720, a unit is a pixel.
pub const WIDTH: f64 = 1160.0;
/// The height, in the same units.
pub const HEIGHT: f64 = 520.0;
/// The size of most texts.
pub const TEXT: f64 = 21.0;
/// The size of the texts at an axis.
pub const TICK: f64 = 19.0;

/// The number of different shapes of points, and of colours in the style sheet.
pub const SHAPES: usize = 7;

const PLUS: [(f64, f64); 12] = [
    (-8.0, -3.0),
    (-3.0, -3.0),
    (-3.0, -8.0),
    (3.0, -8.0),
    (3.0, -3.0),
    (8.0, -3.0),
    (8.0, 3.0),
    (3.0, 3.0),
    (3.0, 8.0),
    (-3.0, 8.0),
    (-3.0, 3.0),
    (-8.0, 3.0),
];

/// The position of `x` in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins at `x`.
    Start,
    /// The text is centred at `x`.
    Middle,
    /// The text ends at `x`.
    End,
}

/// A text that was drawn.
#[derive(Clone, Debug)]
pub struct Text {
    /// The text as it was drawn.
    pub text: String,
    /// The position of its left edge.
    pub left: f64,
    /// The position of its right edge.
    pub right: f64,
    /// The position of its upper edge.
    pub top: f64,
    /// The position of its lower edge.
    pub bottom: f64,
}

/// A strong line, which no text may overlap.
type Line = ((f64, f64), (f64, f64));

/// The picture so far.
#[derive(Debug, Default)]
pub struct Canvas {
    shapes: String,
    /// All texts, in the order in which they were drawn.
    pub texts: Vec<Text>,
    strong_lines: Vec<Line>,
}

/// Returns the largest width of a text in a sans-serif font.
pub fn width_of(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.6
}

/// Returns the same for bold letters, which are wider.
pub fn bold_width_of(text: &str, size: f64) -> f64 {
    width_of(text, size) * 1.1
}

/// The classes that the style sheet makes bold.
fn is_bold(class: &str) -> bool {
    class.split(' ').any(|class| ["strong", "value"].contains(&class) || class.starts_with("on-phase"))
}

/// Formats a coordinate: a tenth of a unit is precise enough.
fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_string)
}

impl Canvas {
    fn add(&mut self, markup: Markup) {
        self.shapes += &markup.into_string();
    }

    /// Draws a line between two points.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        if class == "one" {
            self.strong_lines.push((from, to));
        }
        self.add(
            html! { line x1=(short(from.0)) y1=(short(from.1)) x2=(short(to.0)) y2=(short(to.1)) class=(class) {} },
        );
    }

    /// Draws a line through many points.
    pub fn path(&mut self, points: &[(f64, f64)], class: &str) {
        let mut path = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            write!(path, "{command}{} {}", short(*x), short(*y)).expect("a string takes all");
        }
        self.add(html! { path d=(path) class=(class) {} });
    }

    /// Draws a filled rectangle.
    pub fn bar(&mut self, left: f64, top: f64, width: f64, height: f64, class: &str) {
        self.add(html! { rect x=(short(left)) y=(short(top)) width=(short(width.max(0.0))) height=(short(height.max(0.0))) class=(class) {} });
    }

    /// Draws a whisker from the smallest to the largest figure of all runs.
    pub fn whisker(&mut self, (least, most): (f64, f64), y: f64) {
        self.line((least, y), (most, y), "whisker");
        for end in [least, most] {
            self.line((end, y - 7.0), (end, y + 7.0), "whisker");
        }
    }

    /// Draws a point as one of [`SHAPES`] shapes, so that it can be recognised without its colour.
    pub fn point(&mut self, (x, y): (f64, f64), shape: usize, class: &str) {
        let corners: &[(f64, f64)] = match shape % SHAPES {
            0 => return self.add(html! { circle cx=(short(x)) cy=(short(y)) r="7.5" class=(class) {} }),
            1 => &[(-7.0, -7.0), (7.0, -7.0), (7.0, 7.0), (-7.0, 7.0)],
            2 => &[(0.0, -8.5), (8.5, 7.0), (-8.5, 7.0)],
            3 => &[(0.0, 8.5), (8.5, -7.0), (-8.5, -7.0)],
            4 => &PLUS,
            5 => &[(-8.0, -7.5), (8.0, -7.5), (-8.0, 7.5), (8.0, 7.5)],
            _ => return self.polygon((x, y), &PLUS.map(|(dx, dy)| ((dx - dy) * 0.75, (dx + dy) * 0.75)), class),
        };
        self.polygon((x, y), corners, class);
    }

    fn polygon(&mut self, (x, y): (f64, f64), corners: &[(f64, f64)], class: &str) {
        let corner = |(dx, dy): &(f64, f64)| format!("{},{}", short(x + dx), short(y + dy));
        let points = corners.iter().map(corner).collect::<Vec<_>>().join(" ");
        self.add(html! { polygon points=(points) class=(class) {} });
    }

    /// Draws the lecture's mark: a hollow diamond.
    pub fn diamond(&mut self, place: (f64, f64)) {
        self.polygon(place, &[(0.0, -11.0), (11.0, 0.0), (0.0, 11.0), (-11.0, 0.0)], "lecture");
    }

    /// Draws a text, with `y` in the middle of its height.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, size: f64, text: &str, class: &str) {
        let width = if is_bold(class) { bold_width_of(text, size) } else { width_of(text, size) };
        let (left, name) = match anchor {
            Anchor::Start => (x, "start"),
            Anchor::Middle => (x - width / 2.0, "middle"),
            Anchor::End => (x - width, "end"),
        };
        let (top, bottom) = (y - size * 0.5, y + size * 0.5);
        self.texts.push(Text { text: text.to_string(), left, right: left + width, top, bottom });
        self.add(html! {
            text x=(short(x)) y=(short(y + size * 0.35)) text-anchor=(name) font-size=(short(size)) class=(class) { (text) }
        });
    }

    /// Returns the shapes, to be put into an `svg` element.
    pub fn finish(self) -> Markup {
        PreEscaped(self.shapes)
    }

    /// Returns the texts that overlap another text or a strong line, or that cross an edge.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (index, one) in self.texts.iter().enumerate() {
            if one.left < -0.5 || one.right > WIDTH + 0.5 || one.top < -0.5 || one.bottom > HEIGHT + 0.5 {
                problems.push(format!("beyond the edge: {:?}", one.text));
            }
            // All strong lines are horizontal or vertical.
            let crosses = |((x1, y1), (x2, y2)): &&Line| {
                x1.min(*x2) < one.right && x1.max(*x2) > one.left && y1.min(*y2) < one.bottom && y1.max(*y2) > one.top
            };
            problems.extend(self.strong_lines.iter().filter(crosses).map(|_| format!("on a line: {:?}", one.text)));
            let overlaps = |other: &&Text| {
                one.left < other.right
                    && other.left < one.right
                    && one.top < other.bottom - 0.5
                    && other.top < one.bottom - 0.5
            };
            problems.extend(
                self.texts[index + 1..]
                    .iter()
                    .filter(overlaps)
                    .map(|other| format!("{:?} lies on {:?}", one.text, other.text)),
            );
        }
        problems
    }
}

/// Returns places as near to the wanted ones as possible, at least `gap` apart and between `from` and `to`, in the
/// given order.
pub fn spread(wanted: &[f64], gap: f64, from: f64, to: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&one, &other| wanted[one].total_cmp(&wanted[other]));
    let mut places: Vec<f64> = order.iter().map(|&index| wanted[index].clamp(from, to)).collect();
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + gap);
    }
    let mut most = to;
    for place in places.iter_mut().rev() {
        *place = place.min(most);
        most = *place - gap;
    }
    let mut result = vec![0.0; wanted.len()];
    order.into_iter().zip(places).for_each(|(index, place)| result[index] = place);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_spread_and_keep_their_order() {
        assert_eq!(spread(&[50.0, 10.0], 20.0, 0.0, 100.0), [50.0, 10.0]);
        assert_eq!(spread(&[50.0, 50.0, 50.0], 20.0, 0.0, 100.0), [50.0, 70.0, 90.0]);
        assert_eq!(spread(&[95.0, 99.0, 97.0], 20.0, 0.0, 100.0), [60.0, 100.0, 80.0]);
        assert!(spread(&[], 20.0, 0.0, 100.0).is_empty());
    }

    #[test]
    fn texts_that_lie_on_one_another_are_noticed() {
        let mut canvas = Canvas::default();
        canvas.text((100.0, 100.0), Anchor::Start, TEXT, "one", "");
        canvas.text((500.0, 100.0), Anchor::End, TEXT, "another", "");
        assert!(canvas.problems().is_empty());
        canvas.text((110.0, 105.0), Anchor::Middle, TEXT, "on it", "");
        canvas.text((WIDTH, 300.0), Anchor::Start, TEXT, "out", "");
        assert_eq!(canvas.problems().len(), 2);
        canvas.line((200.0, 400.0), (200.0, 500.0), "one");
        canvas.text((204.0, 450.0), Anchor::Start, TEXT, "beside it", "");
        assert_eq!(canvas.problems().len(), 2);
        canvas.text((190.0, 420.0), Anchor::Start, TEXT, "across it", "halo");
        assert_eq!(canvas.problems().len(), 3);
    }
}
