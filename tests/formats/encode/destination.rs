use std::fs;
use std::path::Path;

use karuna::error::Remedy;
use karuna::io::encode::{AudioFileWriter, EncodeError, OutputFormat, Tags};
use karuna::units::{Frames, Rate};

use super::witness::{Folder, phrases, write};

fn create(path: &Path, frames: u64) -> Result<AudioFileWriter, EncodeError> {
    let format = OutputFormat::for_path(path, Rate::DEFAULT, None).unwrap();
    AudioFileWriter::create(path, format, &Tags::default(), Frames(frames))
}

fn refusal(path: &Path) -> String {
    let error = create(path, 1).err().expect("this can't be written");
    format!("{error}; {}", error.help().unwrap())
}

#[test]
fn dropping_the_writer_keeps_the_old_file_only() {
    let folder = Folder::new();
    for name in ["a.wav", "a.flac", "a.ogg", "a.opus"] {
        fs::write(folder.file(name), name).unwrap();
        let mut file = create(&folder.file(name), 500_000).unwrap();
        file.write(&phrases(200_000, 48_000)).unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(folder.file(name)).unwrap(), name);
    }
    assert_eq!(folder.names(), ["a.flac", "a.ogg", "a.opus", "a.wav"]);
}

#[test]
fn too_few_frames_write_no_file() {
    let folder = Folder::new();
    let mut file = create(&folder.file("a.wav"), 10).unwrap();
    file.write(&[[0.0; 2]; 9]).unwrap();
    assert!(file.finish().unwrap_err().to_string().contains("it needs 10 frames and got 9"));
    assert!(folder.names().is_empty());
}

#[test]
fn the_old_file_is_replaced_at_the_end() {
    let folder = Folder::new();
    fs::write(folder.file("a.wav"), "old").unwrap();
    write(&folder.file("a.wav"), 48_000, None, &phrases(10, 48_000));
    assert_eq!(fs::read(folder.file("a.wav")).unwrap()[..4], *b"RIFF");
    assert_eq!(folder.names(), ["a.wav"]);
}

#[test]
fn a_destination_that_cannot_be_replaced_is_named() {
    let folder = Folder::new();
    fs::create_dir(folder.file("b.wav")).unwrap();
    assert!(refusal(&folder.file("b.wav")).contains("b.wav is a folder; choose a file name"));
    let missing = refusal(&folder.file("missing/a.wav"));
    assert!(missing.contains("there is no folder") && missing.contains("create the folder first"), "{missing}");
    fs::write(folder.file("c.wav"), "kept").unwrap();
    let mut closed = fs::metadata(folder.file("c.wav")).unwrap().permissions();
    closed.set_readonly(true);
    fs::set_permissions(folder.file("c.wav"), closed).unwrap();
    assert!(refusal(&folder.file("c.wav")).contains("c.wav is write-protected"));
    assert_eq!(folder.names(), ["b.wav", "c.wav"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::process::{Command, Stdio};

    use super::*;

    /// Returns a command that renders a session of many hours over an existing file, after running `before` in the shell.
    fn render(folder: &Folder, before: &str, name: &str) -> Command {
        let bells = "[[segment]]\nsilence = \"23h\"\nbell = \"gong\"\nevery = \"30s\"\n";
        fs::write(folder.file("long.toml"), format!("format = 1\ntitle = \"x\"\n{bells}")).unwrap();
        fs::write(folder.file(name), "old").unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{before} exec \"$0\" render long.toml -o {name}"), env!("CARGO_BIN_EXE_karuna")]);
        command.current_dir(folder.file("long.toml").parent().unwrap()).stdin(Stdio::null()).stderr(Stdio::piped());
        command
    }

    #[test]
    fn a_full_disk_keeps_the_old_file_only() {
        for format in karuna::io::encode::FileFormat::WRITABLE {
            let folder = Folder::new();
            let name = format!("a.{}", format.extension());
            let output = render(&folder, "ulimit -f 300;", &name).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(1), "{name}: {stderr}");
            assert!(stderr.contains(&format!("{name} can't be written")) && stderr.contains("help"), "{stderr}");
            assert_eq!(fs::read_to_string(folder.file(&name)).unwrap(), "old");
            assert_eq!(folder.names(), [name.as_str(), "long.toml"]);
        }
    }

    #[test]
    fn an_interrupt_keeps_the_old_file_only() {
        for name in ["a.flac", "a.opus"] {
            let folder = Folder::new();
            let mut child = render(&folder, "", name).spawn().unwrap();
            while folder.names().len() < 3 {
                assert_eq!(child.try_wait().unwrap(), None, "{name}: the render ended too early");
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(130), "{stderr}");
            assert_eq!(stderr.trim(), format!("stopped; {name} is unchanged"));
            assert_eq!(fs::read_to_string(folder.file(name)).unwrap(), "old");
            assert_eq!(folder.names(), [name, "long.toml"]);
        }
    }

    #[test]
    fn a_new_file_has_the_default_permissions() {
        let folder = Folder::new();
        fs::write(folder.file("plain"), "").unwrap();
        write(&folder.file("a.wav"), 48_000, None, &phrases(10, 48_000));
        let mode = |name| fs::metadata(folder.file(name)).unwrap().mode();
        assert_eq!(mode("a.wav"), mode("plain"));
    }

    #[test]
    fn a_replaced_file_keeps_its_permissions() {
        let folder = Folder::new();
        fs::write(folder.file("a.wav"), "").unwrap();
        fs::set_permissions(folder.file("a.wav"), fs::Permissions::from_mode(0o640)).unwrap();
        write(&folder.file("a.wav"), 48_000, None, &phrases(10, 48_000));
        assert_eq!(fs::metadata(folder.file("a.wav")).unwrap().mode() & 0o777, 0o640);
    }

    #[test]
    fn a_link_is_followed_and_kept() {
        let folder = Folder::new();
        fs::create_dir(folder.file("elsewhere")).unwrap();
        fs::write(folder.file("elsewhere/b.wav"), "old").unwrap();
        symlink(folder.file("elsewhere/b.wav"), folder.file("a.wav")).unwrap();
        write(&folder.file("a.wav"), 48_000, None, &phrases(10, 48_000));
        assert!(fs::symlink_metadata(folder.file("a.wav")).unwrap().is_symlink());
        assert!(fs::metadata(folder.file("elsewhere/b.wav")).unwrap().len() > 10);
    }
}
