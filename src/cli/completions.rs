//! The arguments of `assoclens completions`, with their help.

use clap::Args;
use clap_complete::Shell;

/// `assoclens completions`
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Completions {
    /// The shell to complete in
    pub shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  In bash, from ~/.bashrc
      source <(assoclens completions bash)

  In zsh, into a directory that ~/.zshrc adds to $fpath before compinit
      mkdir -p ~/.zfunc; assoclens completions zsh > ~/.zfunc/_assoclens

  In fish
      assoclens completions fish > ~/.config/fish/completions/assoclens.fish

  In PowerShell, from $PROFILE
      assoclens completions powershell | Out-String | Invoke-Expression

  In Elvish, from rc.elv
      eval (assoclens completions elvish | slurp)

Exit codes: 0 printed, 2 it could not be.";
