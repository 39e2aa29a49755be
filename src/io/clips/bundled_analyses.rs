//! The analyses of the bundled clips from `audio/heard.tsv`, which save the time for analysing them.
//!
//! `scripts/facts` writes the file, and a test here fails if it is outdated.

use std::cmp::Ordering;

use data_encoding::HEXLOWER;

use crate::io::decode::ClipAnalysis;

/// A line for each clip, sorted by name: the name, the size in bytes, the MD5 digest of the bytes, and the record of the analysis in
/// hexadecimal digits.
const ANALYSES: &str = include_str!("../../../audio/heard.tsv");

/// Returns the analysis of a bundled clip.
pub(super) fn find(name: &str, bytes: &[u8]) -> Option<ClipAnalysis> {
    let mut fields = find_line(name)?;
    let size = fields.next()?;
    let record = fields.nth(1).filter(|_| size.parse() == Ok(bytes.len()))?;
    ClipAnalysis::from_record(&HEXLOWER.decode(record.as_bytes()).ok()?)
}

/// Finds the line of a clip by binary search, and returns its fields after the name.
fn find_line(name: &str) -> Option<impl Iterator<Item = &'static str>> {
    let mut lines = ANALYSES;
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::thread;

    use super::*;
    use crate::io::decode::{ClipBytes, ClipDamage, analyse};
    use crate::io::library;

    type NamedBytes = (&'static str, &'static [u8]);

    /// Analyses clips on two cores.
    fn analyse_all(clips: &[NamedBytes]) -> Vec<ClipAnalysis> {
        let analyse = |(name, bytes): &NamedBytes| analyse(&ClipBytes::from_static(bytes, *name)).unwrap();
        let (some, others) = clips.split_at(clips.len() / 2);
        thread::scope(|scope| {
            let some = scope.spawn(|| some.iter().map(analyse).collect::<Vec<_>>());
            let others: Vec<_> = others.iter().map(analyse).collect();
            some.join().unwrap().into_iter().chain(others).collect()
        })
    }

    fn line((name, bytes): NamedBytes, analysis: &ClipAnalysis) -> String {
        let digest = HEXLOWER.encode(&md5::compute(bytes).0);
        format!("{name}\t{}\t{digest}\t{}\n", bytes.len(), HEXLOWER.encode(&analysis.to_record()))
    }

    #[test]
    fn analyses_of_bundled_clips_are_current() {
        let clips = library::all_bundled_clips();
        let analyses = analyse_all(&clips);
        let current: String = clips.iter().zip(&analyses).map(|(clip, analysis)| line(*clip, analysis)).collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/heard.tsv");
        if std::env::var_os("KARUNA_FACTS").is_some_and(|value| value == "write") {
            return std::fs::write(path, current).unwrap();
        }
        let stored = std::fs::read_to_string(path).unwrap();
        assert!(stored == current, "recordings have changed: run scripts/facts to update audio/heard.tsv");
        for ((name, bytes), analysis) in clips.into_iter().zip(analyses) {
            assert_eq!(analysis.damage, ClipDamage::None, "{name}");
            assert_eq!(find(name, bytes), Some(analysis));
            assert_eq!(find(name, &bytes[1..]), None);
        }
    }
}
