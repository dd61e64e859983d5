//! The companions of the program: completions, tried in the installed shells, and manual pages.

use crate::skipped::{is_installed, is_there};
use assoclens::cli::Cli;
use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// `program` with its arguments, in an environment with `assoclens` on the path.
fn command(program: &str, arguments: &[&str]) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_assoclens")).parent().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).env_clear();
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display())).env("LC_ALL", "C.UTF-8");
    command.stdin(Stdio::null());
    command
}

/// The output of `program`; `None` if it is not installed.
fn ran(program: &str, arguments: &[&str]) -> Option<Output> {
    is_installed(program).then(|| command(program, arguments).output().unwrap())
}

fn printed(arguments: &[&str]) -> String {
    let output = command("assoclens", arguments).output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names of all commands.
fn names() -> Vec<String> {
    Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// The typed text, and the last word as every shell completes it.
const VALUES: [(&str, &str); 15] = [
    ("val", "validate"),
    ("validate --format ju", "junit"),
    ("validate --unwrap webhook-s", "webhook-site"),
    ("validate --deny schema/ty", "schema/type"),
    ("validate --warn misspelled-", "misspelled-field"),
    ("validate --allow swapped-", "swapped-identifiers"),
    ("filter --code synt", "syntax"),
    ("validate --deny missing-field,event-t", "missing-field,event-type"),
    ("filter --code syntax,empty,wrapped-", "syntax,empty,wrapped-payload"),
    ("inspect --columns id,webh", "id,webhook"),
    ("explain wrapped-", "wrapped-payload"),
    ("inspect --field webhook", "webhookId"),
    ("diff --ignore secondObjectL", "secondObjectLabel"),
    ("diff --by locat", "locationId"),
    ("man expl", "explain"),
];

#[test]
fn bash_completes_commands_options_values_and_files() {
    let line = r#"
        source <(assoclens completions bash)
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
        _assoclens assoclens "${@: -1}" "${@: -2:1}"
        echo "${COMPREPLY[@]}"
        complete -p assoclens"#;
    let commands = names().join(" ");
    let mut cases = vec![
        ("validate --form", "--format"),
        ("show --fi", "--field"),
        ("diff --format si", "side-by-side"),
        ("validate --schema sch", "schemas"),
        ("validate --unwrap webhook-", "webhook-site webhook-tester"),
    ];
    cases.extend(VALUES);
    let all = format!("-h --color --help {commands}");
    cases.push(("man ", &all));
    for (typed, completed) in cases {
        let arguments: Vec<&str> =
            ["-c", line, "bash", "assoclens"].into_iter().chain(typed.split(' ')).collect();
        let output = command("bash", &arguments).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let (found, rest) = stdout.split_once('\n').unwrap();
        assert_eq!(found, completed, "{typed} {:?}", output.stderr);
        // Anything but an option is left to bash, which completes files.
        assert!(rest.contains("-o default"), "{rest}");
    }
}

#[test]
fn the_script_of_every_shell_knows_every_command() {
    for shell in Shell::value_variants() {
        let script = printed(&["completions", &shell.to_string()]);
        names().iter().for_each(|name| assert!(script.contains(name), "{shell}: {name}"));
    }
}

/// Types each line into an interactive zsh on a terminal of its own, presses Tab, and prints the resulting text.
const TYPE_INTO_ZSH: &str = r#"
    zmodload zsh/zpty || exit 127
    for line in "$@"; do
        zpty shell zsh -f -i
        zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(assoclens completions zsh)'
        zpty -w shell 'show() { print -r -- "<$BUFFER>" }; zle -N show; bindkey "^X" show; print -r -- re""ady'
        zpty -r shell output '*ready*'
        zpty -n -w shell "assoclens $line"$'\t\x18'
        zpty -r shell output '*<assoclens*>*'
        print -r -- "${${output##*<assoclens }%%>*}"
        zpty -d shell
    done"#;

/// In a list, zsh puts a comma after a name, which disappears when a space is typed.
fn without_comma(word: &str) -> &str {
    word.strip_suffix(',').unwrap_or(word)
}

#[test]
fn zsh_completes_commands_and_values() {
    let lines = VALUES.map(|(typed, _)| typed);
    if let Some(output) = ran("zsh", &[&["-f", "-c", TYPE_INTO_ZSH, "zsh"], &lines[..]].concat()) {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let completed: Vec<&str> = stdout
            .lines()
            .map(|line| line.trim_end().rsplit(' ').next().unwrap())
            .map(without_comma)
            .collect();
        assert_eq!(completed, VALUES.map(|(_, completed)| completed), "{:?}", output.stderr);
    }
}

#[test]
fn fish_completes_commands_and_values() {
    let line = "assoclens completions fish | source; for line in $argv; complete -C \"assoclens $line\"; end";
    let lines = VALUES.map(|(typed, _)| typed);
    if let Some(output) = ran("fish", &[&["--no-config", "-c", line], &lines[..]].concat()) {
        let stdout = String::from_utf8(output.stdout).unwrap();
        let completed: Vec<&str> = stdout.lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(completed, VALUES.map(|(_, completed)| completed), "{stdout}{:?}", output.stderr);
    }
}

#[test]
fn every_command_has_a_page_that_formatters_take_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for name in [String::new()].into_iter().chain(names()) {
        let arguments: Vec<&str> = ["man", &name].into_iter().filter(|word| !word.is_empty()).collect();
        let page = printed(&arguments);
        let title = if name.is_empty() { "assoclens".to_owned() } else { format!("assoclens-{name}") };
        assert!(page.contains(&format!("\n.TH {title} 1 ")), "{page}");
        let see_also = page.split(".SH \"SEE ALSO\"\n").nth(1).unwrap().replace("\\-", "-");
        let others =
            names().into_iter().map(|name| format!("assoclens-{name}")).chain(["assoclens".to_owned()]);
        for other in others {
            assert_eq!(see_also.contains(&format!("{other}(1)")), other != title, "{title}: {other}");
        }
        let path = folder.path().join("page.1");
        fs::write(&path, page).unwrap();
        let path = path.to_str().unwrap();
        if let Some(output) = ran("groff", &["-man", "-Tutf8", "-P-cbou", "-ww", path]) {
            let shown = String::from_utf8(output.stdout).unwrap();
            for section in ["EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"] {
                assert!(shown.contains(&format!("\n{section}\n")), "{section} {shown}");
            }
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{name}");
        }
        if let Some(output) = ran("mandoc", &["-T", "lint", "-W", "error", path]) {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{name}");
        }
    }
}

#[test]
fn completions_and_pages_depend_on_the_version_alone() {
    for arguments in [["completions", "bash"], ["completions", "zsh"], ["man", "validate"]] {
        let elsewhere = command("assoclens", &arguments)
            .current_dir("/")
            .envs([("COLUMNS", "20"), ("LC_ALL", "C"), ("FORCE_COLOR", "1"), ("TZ", "Asia/Tokyo")])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(elsewhere.stdout).unwrap(), printed(&arguments), "{arguments:?}");
    }
}

#[test]
fn a_failed_write_is_an_error() {
    for arguments in [["completions", "fish"], ["man", "validate"]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let gone = command("assoclens", &arguments).stdout(writer).output().unwrap();
        assert_eq!((gone.status.code(), gone.stderr.as_slice()), (Some(2), &b""[..]));
        if is_there("/dev/full") {
            let full = fs::File::create("/dev/full").unwrap();
            let output = command("assoclens", &arguments).stdout(full).output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(stderr, "error: cannot write the report: No space left on device (os error 28)\n");
        }
    }
}

/// A shell with a home of its own, in which `assoclens` is where `cargo install` puts it.
fn at_home(home: &Path, program: &str, arguments: &[&str]) -> Option<Output> {
    let mut command = command(program, arguments);
    command.current_dir(home).env("HOME", home).env("TERM", "dumb");
    command.env("PATH", format!("{}:/usr/bin:/bin", home.join(".cargo/bin").display()));
    is_installed(program).then(|| command.output().unwrap())
}

#[test]
fn the_page_s_lines_install_completions_and_manual_pages_in_an_empty_home() {
    let home = tempfile::tempdir().unwrap();
    fs::create_dir_all(home.path().join(".cargo/bin")).unwrap();
    symlink(env!("CARGO_BIN_EXE_assoclens"), home.path().join(".cargo/bin/assoclens")).unwrap();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/install.md")).unwrap();
    let blocks: Vec<&str> =
        page.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let output = at_home(home.path(), "bash", &["--noprofile", "--norc", "-euc", block]).unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""));
    }
    let printed = |program: &str, arguments: &[&str]| {
        at_home(home.path(), program, arguments).map(|output| String::from_utf8(output.stdout).unwrap())
    };
    let completes = printed("bash", &["-ic", "complete -p assoclens"]).unwrap();
    assert!(completes.contains("-F _assoclens"), "{completes}");
    if let Some(completes) =
        printed("zsh", &["-ic", "print -- ${_comps[assoclens]}; autoload +X -Uz _assoclens && print ok"])
    {
        assert_eq!(completes, "_assoclens\nok\n");
    }
    if let Some(completes) = printed("fish", &["-c", "complete -C 'assoclens explain wrapped-'"]) {
        assert!(completes.starts_with("wrapped-payload"), "{completes}");
    }
    let pages = ["assoclens".to_owned()]
        .into_iter()
        .chain(names().into_iter().map(|name| format!("assoclens-{name}")));
    for page in pages {
        let Some(found) = printed("man", &["-w", &page]) else { return };
        let expected = home.path().join(format!(".cargo/share/man/man1/{page}.1"));
        assert_eq!(Path::new(found.trim_end()), expected.canonicalize().unwrap_or(expected), "{page}");
    }
}
