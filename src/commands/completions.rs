//! `karuna completions`: prints a shell's completion script for commands, options and session names.

mod values;

use clap::CommandFactory;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use super::Outcome;
use crate::cli::{Cli, ValueKind};
use crate::dsp::bells;
use crate::error::Failure;
use crate::io::library;

const PROGRAM: &str = "karuna";
/// The ids of the arguments that name a session.
const SESSION_ARGUMENTS: [&str; 3] = ["session", "sessions", "like"];

pub(super) fn run(shell: Shell) -> Result<Outcome, Failure> {
    super::print_line(script(shell, &unquoted_session_names()).trim_end())?;
    Ok(Outcome::Done)
}

/// Prints the possible values of an option, one per line, for the completion scripts.
pub(super) fn print_values(kind: ValueKind, words: &[String]) -> Result<Outcome, Failure> {
    for value in values::values(kind, words) {
        super::print_line(&value)?;
    }
    Ok(Outcome::Done)
}

/// Returns the names of the sessions that need no quotes in a shell.
fn unquoted_session_names() -> Vec<String> {
    let is_plain = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    library::session_names().into_iter().filter(is_plain).collect()
}

/// Returns the completion script of a shell. A session argument completes to session names and files.
fn script(shell: Shell, names: &[String]) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut with_possible_values(names), PROGRAM, &mut bytes);
    let script = String::from_utf8_lossy(&bytes).into_owned();
    let list = names.join(" ");
    match shell {
        // With a plain list of values, zsh would not offer files.
        Shell::Zsh => {
            let script = script.replace(&format!("({list})"), "_karuna_sessions");
            let lines: Vec<_> = script.split('\n').map(zsh_line).collect();
            let script = lines.join("\n");
            let functions = ZSH_FUNCTIONS.replace("SESSIONS", &list);
            script.replacen("\nif [ \"$funcstack[1]\"", &format!("\n{functions}\nif [ \"$funcstack[1]\""), 1)
        }
        // The generator for fish ignores positional arguments.
        Shell::Fish => {
            let condition = format!("__fish_seen_subcommand_from {}", session_commands().join(" "));
            let bells = bells::NAMES.join(" ");
            format!(
                "{script}complete -c {PROGRAM} -n \"{condition}\" -a \"{list}\" -d 'A session'\n\
                 complete -c {PROGRAM} -n \"__fish_seen_subcommand_from bell\" -f -a \"{bells}\"\n{}",
                OPTIONS.map(|(option, kind, _)| fish_values(option, kind)).concat()
            )
        }
        Shell::Bash => format!("{script}{BASH_VALUES}"),
        _ => script,
    }
}

/// The options whose values depend on the session or the machine: the option, the kind of its values, and their placeholder in the help.
const OPTIONS: [(&str, &str, &str); 3] =
    [("avoid", "avoid", "TAG"), ("from", "from", "ID|TIME"), ("output", "output", "auto|null|NAME")];

/// Makes a line of the zsh script ask the program for the values of an option.
fn zsh_line(line: &str) -> String {
    let completes_option = |option: &str| line.contains(&format!("--{option}=["));
    match OPTIONS.iter().find(|(option, _, _)| completes_option(option)) {
        Some((_, kind, placeholder)) => {
            line.replace(&format!(":{placeholder}:_default"), &format!(":{placeholder}:_karuna_{kind}"))
        }
        None => line.to_owned(),
    }
}

/// Returns a fish completion that asks the program for the values of an option.
fn fish_values(option: &str, kind: &str) -> String {
    let shaping_commands_condition = "__fish_seen_subcommand_from play show render publish bell";
    let ask = format!("({PROGRAM} --no-config complete-values {kind} (commandline -opc)[2..])");
    let condition =
        if option == "avoid" { shaping_commands_condition } else { "__fish_seen_subcommand_from play bell" };
    format!("complete -c {PROGRAM} -n \"{condition}\" -l {option} -x -a \"{ask}\"\n")
}

/// Bash functions that ask the program for the values of an option, and otherwise use the generated completion.
const BASH_VALUES: &str = r#"
_karuna_values() {
    local value
    COMPREPLY=()
    while IFS= read -r value; do
        if [[ $value == "$2"* ]]; then
            COMPREPLY+=("$(printf %q "$value")")
        fi
    done < <(command karuna --no-config complete-values "$1" "${COMP_WORDS[@]:1}" 2>/dev/null)
}

_karuna_with_values() {
    case "$3:${COMP_WORDS[1]}" in
        --avoid:*) _karuna_values avoid "$2" ;;
        --from:play) _karuna_values from "$2" ;;
        --output:play|--output:bell) _karuna_values output "$2" ;;
        bell:bell) _karuna_values bell "$2" ;;
        *) _karuna "$@" ;;
    esac
}

complete -F _karuna_with_values -o bashdefault -o default karuna
"#;

/// Zsh functions that ask the program for the values of an option, and complete session names and files.
const ZSH_FUNCTIONS: &str = r#"_karuna_sessions() {
    _alternative 'sessions:session:(SESSIONS)' 'manifests:manifest:_files'
}
_karuna_values() {
    local -a values
    values=("${(@f)$(command karuna --no-config complete-values $1 ${words[2,-1]} 2>/dev/null)}")
    compadd -a values
}
_karuna_avoid() { _karuna_values avoid }
_karuna_from() { _karuna_values from }
_karuna_output() { _karuna_values output }
"#;

/// Returns the commands with a positional session argument.
fn session_commands() -> Vec<String> {
    let cli = Cli::command();
    let is_session = |argument: &clap::Arg| SESSION_ARGUMENTS.contains(&argument.get_id().as_str());
    let takes_session = |command: &&clap::Command| command.get_positionals().any(is_session);
    cli.get_subcommands().filter(takes_session).map(|command| command.get_name().to_owned()).collect()
}

/// Returns the command-line definition without the hidden commands.
fn without_hidden_commands(cli: &clap::Command) -> clap::Command {
    clap::Command::new(PROGRAM)
        .disable_help_subcommand(true)
        .args(cli.get_arguments().cloned())
        .subcommands(cli.get_subcommands().filter(|command| !command.is_hide_set()).cloned())
}

/// Returns the command-line definition with the session and bell names as possible values.
fn with_possible_values(names: &[String]) -> clap::Command {
    // clap needs `'static` strings here. The names are few, and live until the program ends.
    let names: Vec<&'static str> = names.iter().map(|name| &*name.clone().leak()).collect();
    without_hidden_commands(&Cli::command()).mut_subcommands(|command| {
        let is_bell = command.get_name() == "bell";
        command.mut_args(|argument| {
            if is_bell && argument.get_id() == "name" {
                argument.value_parser(PossibleValuesParser::new(bells::NAMES))
            } else if SESSION_ARGUMENTS.contains(&argument.get_id().as_str()) && !names.is_empty() {
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

    fn script_for(shell: Shell) -> String {
        script(shell, &["glimmer".to_owned(), "sit".to_owned()])
    }

    #[test]
    fn every_shell_completes_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
            let script = script_for(shell);
            for command in Cli::command().get_subcommands().filter(|command| !command.is_hide_set()) {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
        }
    }

    #[test]
    fn sessions_are_offered_alongside_files() {
        assert!(
            script_for(Shell::Zsh)
                .contains("_alternative 'sessions:session:(glimmer sit)' 'manifests:manifest:_files'")
        );
        assert!(!script_for(Shell::Zsh).contains(":(glimmer sit)'\n"), "files are offered as well");
        let fish = script_for(Shell::Fish);
        assert!(
            fish.contains("-a \"glimmer sit\"") && fish.contains("__fish_seen_subcommand_from show check play render"),
            "{fish}"
        );
        assert!(script_for(Shell::Bash).contains("-o default"));
    }
}
