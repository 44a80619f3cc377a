//! Plots figures along an axis, each series labelled at its right end.

use super::canvas::{Anchor, Canvas, HEIGHT, SHAPES, TEXT, TICK, WIDTH, bold_width_of, spread, width_of};
use super::scale::Scale;

/// A figure that was measured.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The position on the horizontal axis.
    pub at: f64,
    /// The smallest figure of all runs.
    pub least: f64,
    /// The median figure of all runs.
    pub median: f64,
    /// The largest figure of all runs.
    pub most: f64,
}

/// Figures that belong together.
#[derive(Debug)]
pub struct Series {
    /// The label at its right end.
    pub label: String,
    /// The measured figures, drawn as points.
    pub points: Vec<Point>,
    /// The predicted or computed figures, drawn as a line.
    pub line: Vec<(f64, f64)>,
    /// Whether the points are connected too.
    pub is_joined: bool,
}

/// A single figure with a label.
#[derive(Debug)]
pub struct Mark {
    /// Its position on both axes.
    pub at: (f64, f64),
    /// The label next to it.
    pub label: String,
    /// Its shape; `None` for the lecture's figure.
    pub shape: Option<usize>,
}

impl Mark {
    fn draw(&self, canvas: &mut Canvas, place: (f64, f64)) {
        match self.shape {
            Some(shape) => canvas.point(place, shape, "measured"),
            None => canvas.diamond(place),
        }
    }
}

/// A picture of curves on two axes.
pub struct Curves<'a> {
    /// The title and the ticks of the horizontal axis.
    pub across: (&'a str, Vec<(f64, String)>),
    /// The title and the tick format of the vertical axis.
    pub up: (&'a str, fn(f64) -> String),
    /// The position and the label of the strong line.
    pub one: Option<(f64, &'a str)>,
    /// The curves to be drawn.
    pub series: Vec<Series>,
    /// The single figures to be drawn.
    pub marks: Vec<Mark>,
    /// A remark on the horizontal axis, and the place that it is about, if any.
    pub across_mark: Option<(Option<f64>, String)>,
    /// A remark below the picture.
    pub note: Option<String>,
}

const TOP: f64 = 44.0;
const BOTTOM: f64 = HEIGHT - 74.0;
const LEFT: f64 = 112.0;

impl Curves<'_> {
    /// Draws the picture, with both axes logarithmic.
    pub fn draw(&self) -> Canvas {
        let mut canvas = Canvas::default();
        let labels = self.series.iter().map(|series| width_of(&series.label, TEXT));
        let at_end =
            self.marks.iter().filter(|mark| self.is_at_end(mark)).map(|mark| width_of(&mark.label, TEXT) + 14.0);
        let right = WIDTH - 50.0 - labels.chain(at_end).fold(0.0, f64::max);
        let places = self.series.iter().flat_map(|series| {
            series.points.iter().map(|point| point.at).chain(series.line.iter().map(|(at, _)| *at)).collect::<Vec<_>>()
        });
        let (least, most) =
            places.fold((f64::MAX, f64::MIN_POSITIVE), |(least, most), at| (least.min(at), most.max(at)));
        let x = Scale::log_between(least, if most > least { most } else { least * 10.0 }, LEFT + 16.0, right - 16.0);
        let figures = self.series.iter().flat_map(|series| {
            let points = series.points.iter().flat_map(|point| [point.least, point.median, point.most]);
            points.chain(series.line.iter().map(|(_, figure)| *figure)).collect::<Vec<_>>()
        });
        let figures = figures.chain(self.marks.iter().map(|mark| mark.at.1)).chain(self.one.map(|(one, _)| one));
        let y = Scale::log(figures, BOTTOM, TOP);
        self.axes(&mut canvas, &x, &y, right);
        for (index, series) in self.series.iter().enumerate() {
            draw_series(&mut canvas, series, index, &x, &y);
        }
        self.end_labels(&mut canvas, &x, &y, right);
        self.free_marks(&mut canvas, &x, &y, right);
        canvas
    }

    fn axes(&self, canvas: &mut Canvas, x: &Scale, y: &Scale, right: f64) {
        for tick in y.ticks() {
            let is_one = self.one.is_some_and(|(one, _)| one == tick);
            canvas.line((LEFT, y.at(tick)), (right, y.at(tick)), if is_one { "one" } else { "grid" });
            canvas.text((LEFT - 10.0, y.at(tick)), Anchor::End, TICK, &(self.up.1)(tick), "tick");
        }
        // The last tick always has a label, the others if there is room.
        let mut free_until = f64::MAX;
        for (tick, text) in self.across.1.iter().rev() {
            let (place, half) = (x.at(*tick), width_of(text, TICK) / 2.0);
            canvas.line((place, TOP), (place, BOTTOM), "grid");
            if place + half + 10.0 <= free_until {
                canvas.text((place, BOTTOM + 20.0), Anchor::Middle, TICK, text, "tick");
                free_until = place - half;
            }
        }
        canvas.text((LEFT - 102.0, 16.0), Anchor::Start, TEXT, self.up.0, "strong");
        canvas.text((right, HEIGHT - 16.0), Anchor::End, TEXT, self.across.0, "strong");
        if let Some((one, text)) = self.one {
            let width = bold_width_of(self.up.0, TEXT);
            let place = (LEFT - 102.0 + width + 40.0, 16.0);
            canvas.line((place.0, 16.0), (place.0 + 40.0, 16.0), "one");
            canvas.line((LEFT, y.at(one)), (right, y.at(one)), "one");
            canvas.text((place.0 + 50.0, 16.0), Anchor::Start, TEXT, text, "label");
        }
        if let Some(note) = &self.note {
            canvas.text((LEFT, HEIGHT - 16.0), Anchor::Start, TEXT, note, "label");
        }
        if let Some((at, text)) = &self.across_mark {
            let from = at.map_or(LEFT + 8.0, |at| x.at(at) + 8.0).min(right - width_of(text, TEXT) - 8.0);
            if let Some(at) = at {
                canvas.line((x.at(*at), TOP), (x.at(*at), BOTTOM), "mark");
            }
            canvas.text((from, self.free_of_one(y, BOTTOM - 16.0)), Anchor::Start, TEXT, text, "label halo");
        }
    }

    /// Returns the height of a text, or one above the strong line if it would overlap that.
    fn free_of_one(&self, y: &Scale, place: f64) -> f64 {
        match self.one.map(|(one, _)| y.at(one)) {
            Some(line) if (line - place).abs() < TEXT * 0.6 => line - TEXT * 0.8,
            _ => place,
        }
    }

    fn is_at_end(&self, mark: &Mark) -> bool {
        self.across.1.last().is_some_and(|(last, _)| mark.at.0 >= *last)
    }

    /// Draws labels in the margin, each next to the end of its curve or to its mark, and moved apart where they would
    /// overlap.
    fn end_labels(&self, canvas: &mut Canvas, x: &Scale, y: &Scale, right: f64) {
        let mut ends: Vec<((f64, f64), &str, Option<usize>)> = Vec::new();
        for (index, series) in self.series.iter().enumerate() {
            let end = series.points.last().map(|point| (point.at, point.median)).or(series.line.last().copied());
            if let Some((at, figure)) = end {
                ends.push(((x.at(at), y.at(figure)), &series.label, (!series.points.is_empty()).then_some(index)));
            }
        }
        for mark in self.marks.iter().filter(|mark| self.is_at_end(mark)) {
            ends.push(((x.at(mark.at.0), y.at(mark.at.1)), &mark.label, None));
            mark.draw(canvas, (x.at(mark.at.0), y.at(mark.at.1)));
        }
        let wanted: Vec<f64> = ends.iter().map(|(place, _, _)| place.1).collect();
        let places = spread(&wanted, TEXT + 5.0, TOP, BOTTOM);
        for ((end, label, index), place) in ends.iter().zip(places) {
            canvas.line((end.0 + 9.0, end.1), (right + 14.0, place), "leader");
            match index {
                Some(index) => canvas.point((right + 22.0, place), *index, &format!("point series-{}", index % SHAPES)),
                None => canvas.line((right + 14.0, place), (right + 30.0, place), "leader"),
            }
            canvas.text((right + 36.0, place), Anchor::Start, TEXT, label, "label");
        }
    }

    /// Draws marks within the picture, with their labels on the right, or on the left if there is no room.
    fn free_marks(&self, canvas: &mut Canvas, x: &Scale, y: &Scale, right: f64) {
        let marks: Vec<&Mark> = self.marks.iter().filter(|mark| !self.is_at_end(mark)).collect();
        // There are curves above the strong line, and room below it.
        let room = self.one.map_or(TOP, |(one, _)| y.at(one) + TEXT);
        let wanted: Vec<f64> = marks.iter().map(|mark| y.at(mark.at.1).max(room)).collect();
        let places = spread(&wanted, TEXT + 6.0, TOP, BOTTOM - TEXT);
        for (mark, place) in marks.into_iter().zip(places) {
            let point = (x.at(mark.at.0), y.at(mark.at.1));
            let place = self.free_of_one(y, place);
            let is_right = point.0 + 32.0 + width_of(&mark.label, TEXT) < right;
            let (side, anchor) = if is_right { (1.0, Anchor::Start) } else { (-1.0, Anchor::End) };
            canvas.line((point.0 + side * 8.0, point.1), (point.0 + side * 26.0, place), "leader");
            canvas.text((point.0 + side * 32.0, place), anchor, TEXT, &mark.label, "label halo");
            mark.draw(canvas, point);
        }
    }
}

fn draw_series(canvas: &mut Canvas, series: &Series, index: usize, x: &Scale, y: &Scale) {
    let class = format!("series-{}", index % SHAPES);
    let line: Vec<(f64, f64)> = series.line.iter().map(|(at, figure)| (x.at(*at), y.at(*figure))).collect();
    if !line.is_empty() {
        canvas.path(&line, &format!("curve {}{class}", if series.points.is_empty() { "" } else { "predicted " }));
    }
    if series.is_joined {
        let points: Vec<(f64, f64)> = series.points.iter().map(|point| (x.at(point.at), y.at(point.median))).collect();
        canvas.path(&points, &format!("curve {class}"));
    }
    for point in &series.points {
        let place = x.at(point.at);
        canvas.line((place, y.at(point.least)), (place, y.at(point.most)), &format!("range {class}"));
        canvas.point((place, y.at(point.median)), index, &format!("point {class}"));
    }
}
