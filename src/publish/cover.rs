//! Covers: drawn from a session's timeline, or read from the teacher's image.

use std::f64::consts::TAU;
use std::fs::File;
use std::hash::Hasher;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::error::PublishError;
use crate::io::encode::CoverPicture;
use crate::present::lanes::{Lanes, Stretches};

/// The width and height of a drawn cover. Podcast directories require at least 1400 pixels.
const SIZE: u32 = 1_400;
const CENTRE: f64 = SIZE as f64 / 2.0;
/// The number of steps around the circle.
const STEPS: usize = 720;
/// The maximum size of an image file.
const MAX_BYTES: u64 = 20 << 20;

/// Colours of the background, rings, voice and bells.
const PALETTES: [[&str; 4]; 6] = [
    ["#16303a", "#2d5561", "#f2e3c6", "#e8a95b"],
    ["#2b2540", "#4b4270", "#eadff2", "#e3a3a0"],
    ["#1f3529", "#3c5c49", "#f0ead2", "#d9b26a"],
    ["#3a2630", "#64424f", "#f6e2d8", "#e59c6c"],
    ["#1d2c47", "#38507a", "#e3ecf5", "#f0bf73"],
    ["#33302a", "#595448", "#f4eddc", "#c9915b"],
];

/// Draws the cover of a session: a full circle from the top is its whole length.
pub(super) fn draw(title: &str, lanes: &Lanes) -> Option<CoverPicture> {
    let tree = Tree::from_str(&svg(title, lanes), &Options::default()).ok()?;
    let mut picture = Pixmap::new(SIZE, SIZE)?;
    resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
    Some(CoverPicture { media_type: "image/png", data: Arc::from(picture.encode_png().ok()?) })
}

/// Reads an image. PNG and JPEG are supported by all players.
pub(super) fn read(path: &Path) -> Result<CoverPicture, PublishError> {
    let unreadable = |source| PublishError::UnreadableCover { path: path.to_owned(), source };
    if !path.metadata().map_err(unreadable)?.is_file() {
        return Err(PublishError::NotAPicture(path.to_owned()));
    }
    let mut data = Vec::new();
    File::open(path).map_err(unreadable)?.take(MAX_BYTES + 1).read_to_end(&mut data).map_err(unreadable)?;
    let media_type = match &data[..] {
        _ if data.len() as u64 > MAX_BYTES => return Err(PublishError::LargeCover(path.to_owned())),
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        _ => return Err(PublishError::NotAPicture(path.to_owned())),
    };
    Ok(CoverPicture { media_type, data: Arc::from(data) })
}

/// Returns the extension for an image file.
pub(super) fn extension(cover: &CoverPicture) -> &'static str {
    if cover.media_type == "image/jpeg" { "jpg" } else { "png" }
}

fn svg(title: &str, lanes: &Lanes) -> String {
    let [paper, ring, voice, bell] = palette(title);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIZE} {SIZE}\">\
         <rect width=\"{SIZE}\" height=\"{SIZE}\" fill=\"{paper}\"/>\
         <g fill=\"none\" stroke=\"{ring}\"><circle cx=\"{CENTRE}\" cy=\"{CENTRE}\" r=\"470\" stroke-width=\"3\"/>\
         <circle cx=\"{CENTRE}\" cy=\"{CENTRE}\" r=\"300\" stroke-width=\"3\"/></g>\
         <g fill=\"{ring}\"><circle cx=\"{CENTRE}\" cy=\"{CENTRE}\" r=\"190\" opacity=\".35\"/>\
         <circle cx=\"{CENTRE}\" cy=\"{CENTRE}\" r=\"120\" opacity=\".6\"/></g>"
    );
    let spoken: Stretches = lanes.voice.iter().chain(&lanes.shown).cloned().collect();
    arcs(&mut svg, lanes, &lanes.silences, 385.0, ring, 18);
    arcs(&mut svg, lanes, &lanes.bed, 330.0, ring, 12);
    arcs(&mut svg, lanes, &spoken, 385.0, voice, 44);
    let strikes = lanes.filled(&strikes(lanes), STEPS);
    for (index, _) in strikes.iter().enumerate().filter(|(_, is_struck)| **is_struck) {
        let (x, y) = point(index as f64 / STEPS as f64, 470.0);
        svg.push_str(&format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"44\" fill=\"{bell}\" opacity=\".25\"/>\
             <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"17\" fill=\"{bell}\"/>"
        ));
    }
    svg + "</svg>"
}

/// Returns the colours of a session, which depend on its title.
fn palette(title: &str) -> [&'static str; 4] {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(title.as_bytes());
    PALETTES[(hasher.finish() % PALETTES.len() as u64) as usize]
}

/// Returns the first frames of all strikes.
fn strikes(lanes: &Lanes) -> Stretches {
    lanes.bells.iter().map(|strike| strike.start..strike.start + 1).collect()
}

/// Returns a point on a circle, with the start of the session at the top.
fn point(part: f64, radius: f64) -> (f64, f64) {
    let (sine, cosine) = (part * TAU).sin_cos();
    (CENTRE + radius * sine, CENTRE - radius * cosine)
}

/// Draws ranges of time as arcs.
fn arcs(svg: &mut String, lanes: &Lanes, stretches: &Stretches, radius: f64, colour: &str, width: u32) {
    let filled = lanes.filled(stretches, STEPS);
    let mut path = String::new();
    let mut index = 0;
    for run in filled.chunk_by(|one, next| one == next) {
        let (start, end) = (index, index + run.len());
        index = end;
        if run[0] {
            // An arc of a full circle would have no length.
            let [start, end] = [start as f64, end as f64 - 0.5].map(|step| step / STEPS as f64);
            let ((x1, y1), (x2, y2)) = (point(start, radius), point(end, radius));
            let large = u8::from(end - start > 0.5);
            path.push_str(&format!("M{x1:.2} {y1:.2}A{radius} {radius} 0 {large} 1 {x2:.2} {y2:.2}"));
        }
    }
    svg.push_str(&format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\" stroke-linecap=\"round\"/>"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Rate;

    fn lanes() -> Lanes {
        Lanes {
            length: 100_000,
            written_length: String::new(),
            rate: Rate::DEFAULT,
            voice: vec![20_000..60_000],
            shown: Vec::new(),
            bells: vec![0..30_000],
            silences: vec![60_000..100_000],
            bed: vec![0..100_000],
            chapters: Vec::new(),
        }
    }

    #[test]
    fn a_cover_is_reproducible() {
        let cover = draw("<script>", &lanes()).unwrap();
        assert_eq!(draw("<script>", &lanes()).unwrap(), cover);
        let picture = Pixmap::decode_png(&cover.data).unwrap();
        assert_eq!((picture.width(), picture.height()), (SIZE, SIZE));
        let [_, _, voice, bell] = palette("<script>");
        let colour = |part, radius| {
            let (x, y) = point(part, radius);
            let pixel = picture.pixel(x as u32, y as u32).unwrap().demultiply();
            format!("#{:02x}{:02x}{:02x}", pixel.red(), pixel.green(), pixel.blue())
        };
        assert_eq!(colour(0.4, 385.0), voice);
        assert_eq!(colour(0.0, 470.0), bell);
        assert_ne!(colour(0.8, 385.0), voice);
    }

    #[test]
    fn only_images_are_accepted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cover");
        for (bytes, expected) in
            [(&b"\x89PNG\r\n\x1a\nrest"[..], Some("png")), (b"\xff\xd8\xffrest", Some("jpg")), (b"<svg/>", None)]
        {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).ok().as_ref().map(extension), expected);
        }
        assert!(read(folder.path()).is_err());
    }
}
