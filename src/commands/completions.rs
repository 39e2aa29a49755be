//! `karuna completions`: what a shell needs to complete commands, options and the names of sessions.

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use super::Outcome;
use crate::cli::Cli;
use crate::error::Failure;
use crate::io::library;

const PROGRAM: &str = "karuna";
/// The arguments that name a session.
const SESSIONS: [&str; 3] = ["session", "sessions", "like"];

pub(super) fn run(shell: Shell) -> Result<Outcome, Failure> {
    super::print_line(script(shell, &names()).trim_end())?;
    Ok(Outcome::Done)
}

/// The names of sessions that a shell can complete without quotes.
fn names() -> Vec<String> {
    let plain = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    library::session_names().into_iter().filter(plain).collect()
}

/// The script of a shell. Where a session is wanted, names and files are offered.
fn script(shell: Shell, names: &[String]) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut with_names(names), PROGRAM, &mut bytes);
    let script = String::from_utf8_lossy(&bytes).into_owned();
    let list = names.join(" ");
    match shell {
        // A list alone would keep zsh from offering files.
        Shell::Zsh => {
            let script = script.replace(&format!("({list})"), "_karuna_sessions");
            let function = format!(
                "_karuna_sessions() {{\n    _alternative 'sessions:session:({list})' 'manifests:manifest:_files'\n}}\n"
            );
            script.replacen("\nif [ \"$funcstack[1]\"", &format!("\n{function}\nif [ \"$funcstack[1]\""), 1)
        }
        // Of positional arguments its generator knows nothing.
        Shell::Fish => {
            let commands: Vec<_> = commands().collect();
            let seen = format!("__fish_seen_subcommand_from {}", commands.join(" "));
            format!("{script}complete -c {PROGRAM} -n \"{seen}\" -a \"{list}\" -d 'A session'\n")
        }
        _ => script,
    }
}

/// The commands that take a session by its place.
fn commands() -> impl Iterator<Item = String> {
    let cli = Cli::command();
    let wanted =
        |command: &&clap::Command| command.get_positionals().any(|one| SESSIONS.contains(&one.get_id().as_str()));
    cli.get_subcommands().filter(wanted).map(|command| command.get_name().to_owned()).collect::<Vec<_>>().into_iter()
}

/// The program's commands, the names of sessions known to each argument that takes one.
fn with_names(names: &[String]) -> clap::Command {
    // A command's own texts last as long as the program; so do these few.
    let names: Vec<&'static str> = names.iter().map(|name| &*name.clone().leak()).collect();
    Cli::command().mut_subcommands(|command| {
        command.mut_args(|argument| {
            if SESSIONS.contains(&argument.get_id().as_str()) && !names.is_empty() {
                argument.value_parser(PossibleValuesParser::new(names.clone()))
            } else {
                argument
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shell: Shell) -> String {
        script(shell, &["glimmer".to_owned(), "sit".to_owned()])
    }

    #[test]
    fn every_shell_is_told_of_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let script = of(shell);
            for command in Cli::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }

    #[test]
    fn sessions_are_offered_beside_files() {
        assert!(of(Shell::Zsh).contains("_alternative 'sessions:session:(glimmer sit)' 'manifests:manifest:_files'"));
        assert!(!of(Shell::Zsh).contains(":(glimmer sit)'\n"), "no list without files");
        let fish = of(Shell::Fish);
        assert!(fish.contains("-a \"glimmer sit\"") && fish.contains("from show check play render"), "{fish}");
        assert!(of(Shell::Bash).contains("-o default"));
    }
}
