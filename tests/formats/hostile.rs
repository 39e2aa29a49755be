//! Malicious manifests and clips are refused with an error, within a memory limit, and without touching other files.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test helper may fail like the test itself")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use karuna::io::decode::{self, ClipBytes};

const HEAD: &str = "format = 1\ntitle = \"x\"\n";
/// Address space available to the program, in KiB: 2 GiB.
const MEMORY: u64 = 2 << 20;

/// Runs the program with limited memory and a timeout. A timeout gives exit code 124.
fn karuna(folder: &Path, arguments: &[&str]) -> Output {
    let limited = format!("ulimit -v {MEMORY}; exec timeout -k 1 60 \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_karuna")])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

/// Fails unless the output is an error with a remedy, without control characters and without a panic.
#[track_caller]
fn assert_refused(output: &Output, name: &str) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{name}: {stderr:.2000}");
    assert!(stderr.contains("help: "), "{name}: {stderr:.2000}");
    assert!(!stderr.contains("panicked"), "{name}: {stderr:.2000}");
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    assert!(printed.iter().all(|byte| *byte == b'\n' || *byte >= 0x20 && *byte != 0x7f), "{name}: {stderr:.2000}");
    assert!(!stderr.contains(['\u{202e}', '\u{2066}', '\u{9b}']), "{name}: {stderr:.2000}");
    stderr
}

/// Fails unless `show` and `check` refuse a manifest. Returns the message of `check`.
#[track_caller]
fn refused(folder: &Path, name: &str, manifest: &[u8]) -> String {
    fs::write(folder.join("hostile.toml"), manifest).unwrap();
    let shown = assert_refused(&karuna(folder, &["show", "hostile.toml"]), name);
    let checked = assert_refused(&karuna(folder, &["check", "hostile.toml"]), name);
    assert_eq!(shown.is_empty(), checked.is_empty());
    checked
}

fn repeated(what: &str, times: usize) -> String {
    format!("{HEAD}{}", what.repeat(times))
}

#[test]
fn text_that_is_not_a_manifest_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let utf16: Vec<u8> = HEAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("over 1 MiB", repeated("# long\n", 160_000).into(), "larger than 1 MiB"),
        ("a NUL", format!("{HEAD}\0[[segment]]\nbell = \"bowl\"\n").into(), "NUL"),
        ("UTF-16 with a mark", [&[0xff, 0xfe], &utf16[..]].concat(), "UTF-16"),
        ("UTF-16 without one", utf16, "NUL"),
        ("Latin-1", [HEAD.as_bytes(), b"summary = \"sch\xf6n\"\n"].concat(), "from line 3 on"),
        ("an escape sequence", format!("{HEAD}\u{1b}[2J = 3\n[[segment]]\nbell = \"\u{1b}[31mx\"\n").into(), "\\u{1b}"),
        ("reversed words", format!("{HEAD}[[segment]]\nbell = \"\u{202e}lwob\u{2066}\"\n").into(), "\\u{202e}"),
        (
            "an escape sequence in one character",
            format!("{HEAD}\u{9b}2J = 3\n[[segment]]\nbell = \"\u{9b}31mx\"\n").into(),
            "31mx",
        ),
        ("nesting", format!("{HEAD}x = {}", "[".repeat(500_000)).into(), "nest"),
        ("nesting in braces", format!("{HEAD}x = {}", "{a=".repeat(300_000)).into(), "nest"),
        ("nesting in keys", format!("{HEAD}{} = 1\n", "a.".repeat(500_000) + "a").into(), ""),
        ("nesting in headers", format!("{HEAD}[{}]\nx = 1\n", "a.".repeat(500_000) + "a").into(), ""),
    ];
    for (name, manifest, expected) in cases {
        let message = refused(folder.path(), name, &manifest);
        assert!(message.contains(expected), "{name}: {message:.500}");
    }
}

#[test]
fn absurd_numbers_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let bell = "[[segment]]\nbell = \"bowl\"\n";
    for (name, more) in [
        ("1e308", format!("{bell}[levels]\nvoice = 1e308\n")),
        ("nan", format!("{bell}[levels]\nbell = nan\n")),
        ("inf", format!("{bell}[levels]\nbed = -inf\n")),
        ("more digits than any number", format!("{bell}strikes = {}\n", "9".repeat(100_000))),
        ("a hexadecimal one", format!("{bell}strikes = 0xffffffffffffffffffffffff\n")),
        ("hours without end", format!("[[segment]]\nsilence = \"{}h\"\n", "9".repeat(60))),
        ("24 hours and a second", "[[segment]]\nsilence = \"24h\"\n[[segment]]\nsilence = \"1s\"\n".to_owned()),
        ("repeats", "[[segment]]\nrepeat = 4000000000\n[[segment.part]]\nsilence = \"1s\"\n".to_owned()),
        ("10,001 segments", "[[segment]]\nbell=\"bowl\"\nhold=\"0s\"\n".repeat(10_001)),
        (
            "10,001 of a repeat",
            format!("{}[[segment]]\nrepeat=1000\n{}", bell, "[[segment.part]]\nsilence=\"1s\"\n".repeat(10)),
        ),
        (
            "50,001 cues",
            format!(
                "{bell}[[segment]]\nrepeat=1000\n[[segment.part]]\nbell=\"inkin\"\nstrikes=50\nevery=\"1s\"\nhold=\"0s\"\n"
            ),
        ),
        (
            "50,000 strikes and a bed",
            "[bed]\nsound=\"brown\"\n[[segment]]\nrepeat=500\n[[segment.part]]\nbell=\"inkin\"\nstrikes=100\nevery=\"1s\"\nhold=\"0s\"\n"
                .to_owned(),
        ),
        (
            "10,000 segments and a settle",
            format!("settle=\"1s\"\n[[segment]]\nrepeat=1000\n{}", "[[segment.part]]\nsilence=\"1s\"\n".repeat(10)),
        ),
        (
            "interval bells",
            "[[segment]]\nrepeat=7\n[[segment.part]]\nsilence=\"24h\"\nbell=\"inkin\"\nevery=\"10s\"\n".to_owned(),
        ),
        (
            "a bell of 65 partials",
            format!("{bell}[bell.x]\nfundamental_hz=440\npartials=[{}]\n", "{ratio=1,t60_s=1},".repeat(65)),
        ),
        (
            "a bell that rings for ever",
            format!("{bell}[bell.x]\nfundamental_hz=440\nlength_s=1e300\npartials=[{{ratio=1,t60_s=1e300}}]\n"),
        ),
        (
            "65 bells",
            format!(
                "{bell}{}",
                (0..65).fold(String::new(), |mut text, number| {
                    let _ = writeln!(text, "[bell.b{number}]\nclip=\"x.wav\"");
                    text
                })
            ),
        ),
    ] {
        refused(folder.path(), name, format!("{HEAD}{more}").as_bytes());
    }
}

#[test]
fn the_largest_allowed_sessions_are_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let strikes = "bell=\"inkin\"\nstrikes=100\nevery=\"1s\"\nhold=\"0s\"\n";
    for (name, more) in [
        ("50,000 strikes", format!("[[segment]]\nrepeat=500\n[[segment.part]]\n{strikes}")),
        ("10,000 segments", format!("[[segment]]\nrepeat=1000\n{}", "[[segment.part]]\nsilence=\"1s\"\n".repeat(10))),
    ] {
        fs::write(folder.path().join("full.toml"), format!("{HEAD}{more}")).unwrap();
        let output = karuna(folder.path(), &["check", "full.toml"]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn with_clip(path: &str) -> String {
    format!("{HEAD}[[segment]]\nsay = \"You may stop.\"\nclip = \"{path}\"\n")
}

#[test]
fn paths_outside_the_folder_are_refused() {
    let outside = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::copy(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("audio/glimmer/03-room.ogg"),
        outside.path().join("secret.ogg"),
    )
    .unwrap();
    let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, at(name)).unwrap();
    link(&outside.path().join("secret.ogg"), "out.ogg");
    link(outside.path(), "folder");
    link(Path::new("loop.ogg"), "loop.ogg");
    link(Path::new("b.ogg"), "a.ogg");
    link(Path::new("a.ogg"), "b.ogg");
    link(Path::new("/dev/zero"), "zero.wav");
    link(Path::new("/dev/stdin"), "stdin.wav");
    link(Path::new("/proc/self/mem"), "memory.wav");
    link(Path::new("nowhere.ogg"), "dangling.ogg");
    fs::create_dir(at("a-folder.ogg")).unwrap();
    assert!(Command::new("mkfifo").arg(at("pipe.wav")).status().unwrap().success());
    let socket = std::os::unix::net::UnixListener::bind(at("socket.wav")).unwrap();
    for path in [
        "/etc/passwd",
        "../secret.ogg",
        "a/../../secret.ogg",
        "./x.ogg",
        "C:/x.ogg",
        "a//b.ogg",
        "folder/secret.ogg",
        "out.ogg",
        "loop.ogg",
        "a.ogg",
        "zero.wav",
        "stdin.wav",
        "memory.wav",
        "dangling.ogg",
        "a-folder.ogg",
        "pipe.wav",
        "socket.wav",
        "~/x.ogg",
        "file:x.ogg",
        "https://example.org/x.ogg",
        "",
        "x.ogg/",
        "\\u0000.ogg",
        "\\u001b[2J.ogg",
        "-",
        "clip.ogg\\n",
        "folder",
    ] {
        let message = refused(folder.path(), path, with_clip(path).as_bytes());
        assert!(!message.contains(&*outside.path().to_string_lossy()), "{path}: {message}");
        for bed in [
            format!("{HEAD}[bed]\nsound = \"{path}.\"\n[[segment]]\nbell = \"bowl\"\n"),
            format!("{HEAD}[bell.x]\nclip = \"{path}\"\n[[segment]]\nbell = \"x\"\n"),
        ] {
            refused(folder.path(), path, bed.as_bytes());
        }
    }
    drop(socket);
    fs::copy(outside.path().join("secret.ogg"), at("own.ogg")).unwrap();
    link(Path::new("own.ogg"), "within.ogg");
    fs::write(at("fine.toml"), with_clip("within.ogg")).unwrap();
    assert!(karuna(folder.path(), &["show", "fine.toml"]).status.success(), "a link within the folder is allowed");
}

#[test]
fn manifests_that_are_not_regular_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.toml")).status().unwrap().success());
    for (path, expected) in [
        ("pipe.toml", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        (".", "is a folder"),
        ("/dev/stdin", ""),
    ] {
        for command in ["check", "show", "play"] {
            let message = assert_refused(&karuna(folder.path(), &[command, path]), path);
            assert!(message.contains(expected), "{message}");
        }
    }
}

/// Returns a WAV file with arbitrary header fields.
fn wav(rate: u32, channels: u16, bits: u16, claimed: u32, bytes: usize) -> Vec<u8> {
    let block = channels.wrapping_mul(bits / 8);
    let mut file = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0".to_vec();
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend(rate.wrapping_mul(u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(claimed.to_le_bytes());
    file.extend((0..bytes).map(|byte| (byte % 251) as u8));
    file
}

/// Returns a valid FLAC file whose header states another number of frames (36 bits).
fn flac(frames: u64) -> Vec<u8> {
    let mut file = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip/flac-16.flac")).unwrap();
    file[21] = file[21] & 0xf0 | (frames >> 32) as u8 & 0x0f;
    file[22..26].copy_from_slice(&(frames as u32).to_be_bytes());
    file
}

/// Returns the header of a mono CAF file whose audio ends with the file: the name of its codec, and the bytes and frames of a packet.
fn caf(codec: &[u8; 4], bytes: u32, frames: u32) -> Vec<u8> {
    let numbers = [0, bytes, frames, 1, 8].map(u32::to_be_bytes).concat();
    let description = [&b"desc"[..], &32_u64.to_be_bytes(), &44_100_f64.to_be_bytes(), codec, &numbers].concat();
    [b"caff\0\x01\0\0", description.as_slice(), b"data", &(-1_i64).to_be_bytes(), &[0; 4]].concat()
}

/// The frames of the longest clip at the rate of that seed.
const LONGEST: u64 = 4 * 3600 * 16_000;

#[test]
fn a_clip_may_claim_four_hours_and_no_frame_more() {
    let probe = |frames| decode::probe(&ClipBytes::from_memory(flac(frames), "claims.flac"));
    assert_eq!(probe(LONGEST).unwrap().frames.0, LONGEST);
    assert!(probe(LONGEST + 1).is_err());
}

#[test]
fn false_clip_headers_are_read_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, bytes: &[u8], command: &[&str]| {
        fs::write(folder.path().join(name), bytes).unwrap();
        fs::write(folder.path().join("hostile.toml"), with_clip(name)).unwrap();
        karuna(folder.path(), command)
    };
    let seed = |name: &str| fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/clip").join(name)).unwrap();
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    for rate in [0, 1, 7, 999, 1_000, 7_999, 96_001, 767_999, 768_000, 768_001, 0x7fff_ffff, u32::MAX] {
        cases.push((format!("rate-{rate}.wav"), wav(rate, 1, 16, 4_000, 4_000)));
    }
    for channels in [0, 3, 8, 9, 255, u16::MAX] {
        cases.push((format!("channels-{channels}.wav"), wav(8_000, channels, 16, 4_000, 4_000)));
    }
    for bits in [0, 1, 7, 33, 64, u16::MAX] {
        cases.push((format!("bits-{bits}.wav"), wav(8_000, 1, bits, 4_000, 4_000)));
    }
    for claimed in [0, 1, 3, 1 << 24, u32::MAX - 1, u32::MAX] {
        cases.push((format!("claims-{claimed}.wav"), wav(48_000, 2, 16, claimed, 4_000)));
    }
    for frames in [0, 1, 1 << 20, LONGEST + 1, (1 << 36) - 1] {
        cases.push((format!("claims-{frames}.flac"), flac(frames)));
    }
    for (name, place) in [("granules.ogg", 6), ("first-granules.ogg", 6)] {
        let mut ogg = seed("vorbis.ogg");
        let pages: Vec<_> = ogg.windows(4).enumerate().filter(|(_, four)| *four == b"OggS").map(|(at, _)| at).collect();
        let page = if name.starts_with("first") { pages[1] } else { *pages.last().unwrap() };
        ogg[page + place..page + place + 8].copy_from_slice(&i64::MAX.to_le_bytes());
        cases.push((name.to_owned(), ogg));
    }
    for (name, box_name, from, to) in [
        ("duration.m4a", b"mdhd", 16, 20),
        ("timescale.m4a", b"mdhd", 12, 16),
        ("samples.m4a", b"stts", 4, 16),
        ("sizes.m4a", b"stsz", 8, 12),
    ] {
        let mut m4a = seed("aac.m4a");
        let at = m4a.windows(4).position(|four| four == box_name).unwrap() + 4;
        m4a[at + from..at + to].fill(0xff);
        cases.push((name.to_owned(), m4a));
    }
    for (name, seed_name) in [
        ("half.m4a", "aac.m4a"),
        ("half.ogg", "vorbis.ogg"),
        ("half.flac", "flac-16.flac"),
        ("half.mp3", "mp3-xing.mp3"),
    ] {
        let whole = seed(seed_name);
        cases.push((name.to_owned(), whole[..whole.len() / 2].to_vec()));
    }
    cases.push(("tags.mp3".to_owned(), [b"ID3\x04\0\0\x7f\x7f\x7f\x7f", &[0; 64][..]].concat()));
    cases.push((
        "noise.ogg".to_owned(),
        (0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect(),
    ));
    cases.push(("empty.ogg".to_owned(), Vec::new()));
    for (name, bytes) in cases {
        let checked = run(&name, &bytes, &["check", "hostile.toml"]);
        let stderr = String::from_utf8(checked.stderr.clone()).unwrap();
        assert!(matches!(checked.status.code(), Some(0 | 1)), "{name}: {:?} {stderr}", checked.status);
        assert!(!stderr.contains("panicked"), "{name}: {stderr}");
        if checked.status.code() == Some(1) {
            assert_refused(&checked, &name);
        }
        let shown = run(&name, &bytes, &["show", "hostile.toml", "--json"]);
        assert!(matches!(shown.status.code(), Some(0 | 1)), "{name}: {:?}", shown.status);
        let Ok(timeline) = serde_json::from_slice::<serde_json::Value>(&shown.stdout) else { continue };
        let hours = timeline["end"].as_f64().unwrap() / 48_000.0 / 3600.0;
        assert!(hours <= 4.1, "{name} is {hours} hours long");
        if hours < 0.1 {
            let rendered = run(&name, &bytes, &["render", "hostile.toml", "-o", "out.wav"]);
            let stderr = String::from_utf8_lossy(&rendered.stderr);
            assert_eq!(rendered.status.code(), checked.status.code(), "both agree on {name}: {stderr}");
        }
    }
    for name in ["mp3-plain.mp3", "flac-16.flac", "aac.m4a", "vorbis.ogg"] {
        let path = folder.path().join(name);
        fs::write(&path, seed(name)).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_len(100 << 30).unwrap();
        fs::write(folder.path().join("hostile.toml"), with_clip(name)).unwrap();
        let checked = karuna(folder.path(), &["check", "hostile.toml"]);
        assert!(matches!(checked.status.code(), Some(0 | 1)), "100 GiB of nothing behind {name}: {checked:?}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".karuna")), "{left:?}");
}

#[test]
fn the_packets_of_a_large_file_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    for (name, header) in [("packets.caf", caf(b".mp3", 1, 1152)), ("samples.caf", caf(b"lpcm", 1, 1))] {
        let path = folder.path().join(name);
        fs::write(&path, header).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
        let message = refused(folder.path(), name, with_clip(name).as_bytes());
        assert!(message.contains("longer than four hours"), "{message}");
    }
}
