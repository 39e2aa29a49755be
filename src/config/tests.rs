use std::path::Path;

use super::*;
use crate::manifest::Finding;

const VOICES: [&str; 2] = ["heart", "flite"];

fn read_text(text: &str) -> (Config, Vec<Finding>) {
    read(Path::new("config.toml"), text, &VOICES)
}

/// Returns the message and the help of the only finding, with its line and column.
fn finding(text: &str) -> String {
    let (_, findings) = read_text(text);
    let [finding] = findings.as_slice() else { panic!("{text}: {findings:?}") };
    format!("{}:{} {}; {}", finding.line, finding.column, finding.message, finding.help)
}

#[test]
fn every_setting_is_read_with_its_line() {
    let (config, findings) = read_text(
        "avoid = [\"breath\", \" touch \"]\nvolume = -6\nlevels = { bell = -6.5, bed = \"off\" }\nvoice = \"mine\"\n\
         output = \"headphones\"\nsettle = \"30s\"\ncaptions = false\nplain = true\nremember = true\nlog = true\n\
         wake-lead = \"always\"\n[engine.mine]\ncommand = [\"my-tts\", \"--calm\"]\nlanguages = [\"de\"]\n",
    );
    assert_eq!(findings, []);
    let lines = config.lines();
    let expected = [
        "avoid = [\"breath\", \"touch\"]       # line 1",
        "volume = -6                       # line 2",
        "levels = { bell = -6.5, bed = \"off\" }  # line 3",
        "voice = \"mine\"                    # line 4",
    ];
    assert_eq!(lines[..4], expected);
    assert_eq!(lines[11], "[engine.mine]                     # line 12");
    assert_eq!(lines[12..], ["command = [\"my-tts\", \"--calm\"]", "languages = [\"de\"]"]);
    assert!(config.engines[0].speaks("de-AT") && !config.engines[0].speaks("en"));
    // The output of `karuna config` can be read again.
    let (again, findings) = read_text(&lines.join("\n"));
    assert_eq!((again.lines().len(), findings.len()), (lines.len(), 0));
}

#[test]
fn the_template_shows_the_defaults() {
    assert_eq!(read_text(TEMPLATE), (Config::default(), Vec::new()));
    let settings: Vec<_> = TEMPLATE.lines().filter_map(|line| line.strip_prefix("# ")).collect();
    let keys = |line: &&&str| line.contains(" = ") || line.starts_with('[');
    let uncommented: Vec<_> = settings.iter().filter(keys).copied().filter(|line| !line.contains("such as")).collect();
    let (config, findings) = read_text(&uncommented.join("\n"));
    assert_eq!(findings, []);
    let values =
        |config: &Config| config.lines().iter().map(|line| line.split("  #").next().unwrap().to_owned()).collect();
    let (own, default): (Vec<String>, Vec<String>) = (values(&config), values(&Config::default()));
    assert_eq!(
        own[..default.len()].iter().map(|line| line.trim()).collect::<Vec<_>>(),
        default.iter().map(|line| line.trim()).collect::<Vec<_>>()
    );
    assert_eq!(config.engines[0].name, "mine");
}

#[test]
fn every_error_is_found_at_its_position() {
    for (text, expected) in [
        ("volum = 3", "1:1 unknown key `volum` in the configuration; did you mean `volume`?"),
        ("volume = 7", "1:10 `volume` must be between -60 and 6 dB; choose a number from -60 to 6"),
        ("volume = \"loud\"", "1:10 `volume` must be a number, not text; write it without quotes, such as volume = 0"),
        ("settle = 30", "1:10 `settle` is a number without a unit; write it in quotes with its unit: settle = \"30s\""),
        ("settle = \"11m\"", "1:10 `settle` is 11m; it must be between 0s and 10m"),
        ("avoid = \"breath\"", "1:9 `avoid` must be a list, not text"),
        ("plain = \"yes\"", "1:9 `plain` must be true or false, not text; write it without quotes: plain = true"),
        ("voice = \"hart\"", "1:9 `voice` can't be `hart`; did you mean `heart`?"),
        ("wake-lead = \"allways\"", "1:13 `wake-lead` can't be `allways`; did you mean `always`?"),
        ("output = \"\"", "1:10 `output` is empty; write output = \"auto\""),
        ("levels = { bells = 1 }", "1:12 unknown key `bells` in levels; did you mean `bell`?"),
        ("levels = { bell = \"soft\" }", "1:19 `bell` must be a number or \"off\"; write bell = -6, without quotes"),
        ("levels = { bell = 13 }", "1:19 `bell` must be between -60 and 12 dB"),
        ("[engine.mine]\n", "1:1 `command` is missing; write the program and its arguments"),
        ("[engine.mine]\ncommand = []", "2:11 `command` names no program"),
        ("[engine.mine]\ncommand = \"my-tts\"", "2:11 `command` must be a list, not text"),
        ("[engine.heart]\ncommand = [\"x\"]", "1:9 `heart` is already the name of a voice"),
        ("[engine.My_Voice]\ncommand = [\"x\"]", "1:9 `My_Voice` is not the name of an engine"),
        (
            "[engine.mine]\ncommand = [\"x\"]\nlog = true",
            "3:1 `log` is below [engine.mine], so it belongs to the engine",
        ),
        ("log = yes", "1:7 "),
        ("log true", "1:"),
        ("log = true\nlog = false", "2:1 this is already defined"),
    ] {
        let finding = finding(text);
        assert!(finding.starts_with(expected), "{text}\n{finding}\n{expected}");
    }
}

#[test]
fn an_error_does_not_affect_the_other_settings() {
    let (config, findings) = read_text("volume = 99\nlog = true\n");
    assert_eq!((findings.len(), config.log.value, config.volume.explicit()), (1, true, None));
}

#[test]
fn no_text_causes_a_panic() {
    for text in [
        "\0",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "engine = 3",
        "[engine]\nx = 1",
        "[[engine]]",
        "[[engine.x]]",
        "\u{FEFF}",
        "=",
        "[",
        "levels = 1",
    ] {
        assert!(text == "\u{FEFF}" || !read_text(text).1.is_empty(), "{text:?}");
    }
}
