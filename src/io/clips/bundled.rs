//! What is known of the clips inside the program, so that nobody has to listen to them: `audio/heard.tsv`, a line a clip.
//!
//! `scripts/facts` writes it, and a test here tells when it is out of date.

use std::cmp::Ordering;

use super::super::decode::Examination;

/// Of each clip, in their order, its name, how many bytes it has, the digest of them, and the record of its examination in
/// hexadecimal digits.
const HEARD: &str = include_str!("../../../audio/heard.tsv");

/// What was heard of a clip of this name and size.
pub(super) fn heard(name: &str, bytes: &[u8]) -> Option<Examination> {
    let mut fields = fields(name)?;
    let size = fields.next()?;
    let record = fields.nth(1).filter(|_| size.parse() == Ok(bytes.len()))?;
    Examination::from_record(&from_hexadecimal(record)?)
}

/// What stands behind a clip's name. It is found by halving, so that most of the lines are never looked at.
fn fields(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let mut lines = HEARD;
    while !lines.is_empty() {
        let middle = lines.floor_char_boundary(lines.len() / 2);
        let start = lines[..middle].rfind('\n').map_or(0, |end| end + 1);
        let (line, after) = lines[start..].split_once('\n').unwrap_or((&lines[start..], ""));
        let mut fields = line.split('\t');
        match fields.next()?.cmp(name) {
            Ordering::Equal => return Some(fields),
            Ordering::Less => lines = after,
            Ordering::Greater => lines = &lines[..start],
        }
    }
    None
}

fn from_hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
    digits.as_bytes().as_chunks().0.iter().map(|[high, low]| Some(value(*high)? << 4 | value(*low)?)).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;
    use std::path::Path;
    use std::thread;

    use super::*;
    use crate::io::decode::{ClipBytes, Damage, examine};
    use crate::io::library;

    type Named = (&'static str, &'static [u8]);

    /// Hears all of these clips, on two cores.
    fn hear(clips: &[Named]) -> Vec<Examination> {
        let hear = |(name, bytes): &Named| examine(&ClipBytes::embedded(bytes, *name)).unwrap();
        let (some, others) = clips.split_at(clips.len() / 2);
        thread::scope(|scope| {
            let heard = scope.spawn(|| some.iter().map(hear).collect::<Vec<_>>());
            let others: Vec<_> = others.iter().map(hear).collect();
            heard.join().unwrap().into_iter().chain(others).collect()
        })
    }

    fn line((name, bytes): Named, examination: &Examination) -> String {
        let mut line = format!("{name}\t{}\t{:x}\t", bytes.len(), md5::compute(bytes));
        for byte in examination.to_record() {
            write!(line, "{byte:02x}").unwrap();
        }
        line + "\n"
    }

    #[test]
    fn shipped_clips_are_known() {
        let clips = library::shipped_clips();
        let examinations = hear(&clips);
        let now: String = clips.iter().zip(&examinations).map(|(clip, examination)| line(*clip, examination)).collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/heard.tsv");
        if std::env::var_os("KARUNA_FACTS").is_some_and(|wish| wish == "write") {
            return std::fs::write(path, now).unwrap();
        }
        let known = std::fs::read_to_string(path).unwrap();
        assert!(known == now, "recordings have changed: run scripts/facts, which writes audio/heard.tsv anew");
        for ((name, bytes), examination) in clips.into_iter().zip(examinations) {
            assert_eq!(examination.damage, Damage::None, "{name}");
            assert_eq!(heard(name, bytes), Some(examination));
            assert_eq!(heard(name, &bytes[1..]), None);
        }
    }
}
