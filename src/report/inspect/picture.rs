//! The association as a picture: first object, association, second object.
//!
//! Invariants: no line is wider than the page; absent, null and the empty string look different; on a narrow page, the
//! three are below one another.

use crate::event::Delivery;
use crate::event::facts::{CARDINALITIES, mirrored};
use crate::event::members::{FIRST_CARDINALITY, NAMES, SECOND_CARDINALITY};
use crate::payload::Node;
use crate::report::layout::{Page, center, columns, pad};
use crate::report::pretty::compact;
use colored::Colorize as _;

/// Below this width, in columns, lines are stacked.
const SIDE_BY_SIDE_FROM: usize = 60;
/// The shortest line between two boxes.
const SHORTEST_LINK: usize = 8;

/// The lines of the picture; none if the payload names no object.
pub(super) fn picture(delivery: &Delivery<'_>, page: &Page) -> Vec<String> {
    let objects = ["firstObjectKey", "secondObjectKey"];
    let is_relation = delivery.event.is_some_and(|event| event.event.is_about_records());
    let (below, draw): (_, fn(_, &_) -> _) = match is_relation {
        true => (["firstRecordId", "secondRecordId"], key),
        false => (["firstObjectLabel", "secondObjectLabel"], label),
    };
    if objects.iter().chain(&below).all(|name| delivery.get(name).is_none()) {
        return Vec::new();
    }
    let [first_key, second_key] = objects.map(|name| key(delivery.get(name), page));
    let [first_below, second_below] = below.map(|name| draw(delivery.get(name), page));
    let link = |name| key(delivery.get(name), page);
    let (middle, kind) = match is_relation {
        true => (link("associationId"), String::new()),
        false => (link("key"), link("associationType")),
    };
    let (first, second) = ([first_key, first_below], [second_key, second_below]);
    let drawing = Drawing { first, second, middle, kind, ends: ends(delivery) };
    if page.width < SIDE_BY_SIDE_FROM { drawing.stacked(page) } else { drawing.boxes(page) }
}

struct Drawing {
    first: [String; 2],
    second: [String; 2],
    middle: String,
    kind: String,
    /// The number of objects on each side for one of the other, if known.
    ends: Option<[char; 2]>,
}

/// The ends of the line according to the cardinalities; unknown where they contradict each other.
fn ends(delivery: &Delivery<'_>) -> Option<[char; 2]> {
    let known = |name: &str| {
        let text = delivery.get(name)?.as_str()?;
        CARDINALITIES.into_iter().find(|known| *known == text)
    };
    let there = known(NAMES[FIRST_CARDINALITY]);
    let back = known(NAMES[SECOND_CARDINALITY]).map(mirrored);
    let cardinality = there.or(back).filter(|known| back.is_none_or(|back| back == *known))?;
    let (first, second) = cardinality.split_once("_TO_")?;
    Some([first, second].map(|end| if end == "ONE" { '1' } else { '*' }))
}

impl Drawing {
    fn stacked(&self, page: &Page) -> Vec<String> {
        let object = |[key, label]: &[String; 2]| {
            [page.fit(key, page.width).bold().to_string(), page.fit(&format!("  {label}"), page.width)]
        };
        let ends = self.ends.map(|[first, second]| format!("{first} to {second}"));
        let parts = [&self.middle, &self.kind].into_iter().chain(&ends).filter(|part| !part.is_empty());
        let parts: Vec<&str> = parts.map(String::as_str).collect();
        let link = format!("  {} {}", page.glyphs.down, parts.join(" "));
        let [first, second] = [object(&self.first), object(&self.second)];
        [first.as_slice(), &[page.fit(&link, page.width).cyan().to_string()], &second].concat()
    }

    fn boxes(&self, page: &Page) -> Vec<String> {
        let wish = |lines: &[String; 2]| lines.iter().map(|line| columns(line)).max().unwrap_or(0);
        let link_wish = columns(&self.middle).max(columns(&self.kind)) + 4;
        // Four columns for the sides of each box.
        let room = page.width - 8;
        let link = link_wish.min((room / 3).max(SHORTEST_LINK));
        let (mut first, mut second) = (wish(&self.first), wish(&self.second));
        let half = (room - link) / 2;
        if first + second > room - link {
            first = first.min(half.max((room - link).saturating_sub(second)));
            second = second.min(room - link - first);
        }
        let [corner, right, below, below_right] = page.glyphs.corners;
        let [joint_left, joint_right] = page.glyphs.joints;
        let line = |width: usize| page.glyphs.across.repeat(width);
        let side = page.glyphs.down;
        let cell = |text: &str, width| pad(&page.fit(text, width), width);
        let between = |text: &str| center(&page.fit(text, link - 2), link).cyan().to_string();
        let end = |width, left: &str, right: &str| format!("{left}{}{right}", line(width + 2));
        vec![
            format!("{}{}{}", end(first, corner, right), " ".repeat(link), end(second, corner, right)),
            format!(
                "{side} {} {side}{}{side} {} {side}",
                cell(&self.first[0], first).bold(),
                between(&self.middle),
                cell(&self.second[0], second).bold()
            ),
            format!(
                "{side} {} {joint_left}{}{joint_right} {} {side}",
                cell(&self.first[1], first),
                match self.ends {
                    Some([one, other]) => format!("{one}{}{other}", line(link - 2)),
                    None => line(link),
                },
                cell(&self.second[1], second)
            ),
            format!(
                "{}{}{}",
                end(first, below, below_right),
                between(&self.kind),
                end(second, below, below_right)
            ),
        ]
    }
}

/// A key: bare if it is a plain string, as written if it is another string, and in parentheses if it is not a string.
fn key(node: Option<Node<'_>>, page: &Page) -> String {
    let is_plain = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    match node.and_then(|node| node.as_str()) {
        Some(text) if is_plain(&text) => page.fit(&text, page.width),
        _ => label(node, page),
    }
}

/// A label as written, and in parentheses if it is not a string.
fn label(node: Option<Node<'_>>, page: &Page) -> String {
    match node {
        None => "(absent)".to_owned(),
        Some(node) if node.text().starts_with('"') => page.fit(node.text(), page.width),
        Some(node) => format!("({})", page.fit(&compact(node.text(), page.width * 4), page.width / 4)),
    }
}
