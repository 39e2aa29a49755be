//! The file that `karuna config --init` writes.

/// Every setting with its default, commented out.
pub(crate) const TEMPLATE: &str = r#"# The settings of karuna. Each line shows the default; remove the # in front of it, and change it.
# Options on the command line override this file, and this file overrides a session.

# Leave out lines with these tags, as --avoid does: touch, breath, body, eyes-closed, imagery, pain, or a session's own.
# avoid = []

# Change of the volume in decibels, as --volume.
# volume = 0

# Changes to the levels, as --level, such as { bell = -6, bed = "off" }.
# levels = {}

# The voice for lines without a recording, as --voice: "auto", "none", or a name that `karuna voices` lists.
# voice = "auto"

# The output, as --output: "auto", "null", or a part of a name that `karuna devices` lists.
# output = "auto"

# Silence before a session, as --settle.
# settle = "0s"

# Show captions; c shows and hides them while a session plays.
# captions = true

# Plain lines instead of a moving display, as --plain. ACCESSIBLE=1 in the environment does the same.
# plain = false

# Store the place where a session was left, for `karuna play --resume`, until the session is finished.
# remember = false

# Store one line for each sitting, for `karuna log`.
# log = false

# Wake wireless headphones before the first sound: "auto", "always" or "never".
# wake-lead = "auto"

# A speech engine of your own: a program that reads text from standard input and writes a WAV file to standard output.
# [engine.mine]
# command = ["my-tts", "--voice", "calm"]
# languages = ["en"]
"#;
