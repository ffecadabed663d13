#include "completion.hpp"

#include <algorithm>
#include <utility>

namespace fitcalc::cli {
namespace {

// Bash takes words apart at : and =, which are parts of names here, and replaces the last part only.
constexpr std::string_view bash = R"bash(# Completion of fitcalc for bash: fitcalc completion bash
_fitcalc() {
    local rest=${COMP_LINE:0:COMP_POINT} spaces word words=() i kept= break
    for ((i = 0; i <= COMP_CWORD; ++i)); do
        spaces=${rest%%[![:space:]]*}
        rest=${rest:${#spaces}}
        word=${COMP_WORDS[i]}
        ((i == COMP_CWORD)) && word=$rest
        rest=${rest:${#word}}
        if ((i == 0)) || [[ -n $spaces ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
    done
    words=("${words[@]//[\"\'\\]/}")
    local current=${words[${#words[@]} - 1]}
    for break in : =; do
        [[ $COMP_WORDBREAKS == *"$break"* && $current == *"$break"* ]] || continue
        word=${current%"$break"*}$break
        ((${#word} > ${#kept})) && kept=$word
    done
    COMPREPLY=()
    local line program=${words[0]}
    program=${program/#\~/$HOME}
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "${current:${#kept}}")
        else
            line=${line%%$'\t'*}
            COMPREPLY+=("${line:${#kept}}")
        fi
    done < <("$program" __complete "=$current" "${words[@]:1:${#words[@]}-2}" 2>/dev/null)
}
complete -F _fitcalc fitcalc
)bash";

constexpr std::string_view zsh = R"zsh(#compdef fitcalc
# Completion of fitcalc for zsh: fitcalc completion zsh
_fitcalc() {
    local program=${~${(Q)words[1]}} line files=
    local -a values shown
    for line in "${(@f)$("$program" __complete "=${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            files=yes
        elif [[ -n $line ]]; then
            values+=("${line%%$'\t'*}")
            shown+=("${line/$'\t'/  -- }")
        fi
    done
    local -i found=1
    (( ${#values} )) && compadd -U -l -d shown -a values && found=0
    if [[ -n $files ]]; then
        [[ $PREFIX == --*=* ]] && compset -P '--*='
        _files && found=0
    fi
    return found
}
if [[ ${funcstack[1]} == _fitcalc ]]; then
    _fitcalc "$@"
else
    compdef _fitcalc fitcalc
fi
)zsh";

constexpr std::string_view fish = R"fish(# Completion of fitcalc for fish: fitcalc completion fish
function __fitcalc_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct | string replace -ra '["\'\\\\]' '')
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete "=$current" $words 2>/dev/null)
        if test "$line" = :files
            set -l option (string match -r '^--[^=]*=' -- $current)
            for file in (__fish_complete_path (string replace -r '^--[^=]*=' '' -- $current))
                printf '%s%s\n' "$option" $file
            end
        else
            printf '%s\n' $line
        end
    end
end
complete -c fitcalc -f -a '(__fitcalc_complete)'
)fish";

constexpr std::string_view powershell = R"powershell(# Completion of fitcalc for PowerShell: fitcalc completion powershell
Register-ArgumentCompleter -Native -CommandName fitcalc -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.Extent.Text }
    })
    $program = $before[0]
    $words = @($before | Select-Object -Skip 1)
    $current = $wordToComplete.Trim('"', "'")
    & $program __complete "=$current" @words 2>$null | ForEach-Object {
        if ($_ -eq ':files') {
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($current)
        } else {
            $value, $description = $_ -split "`t", 2
            if (-not $description) { $description = $value }
            $text = if ($value -match '[\s,;@]') { "'$value'" } else { $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $description)
        }
    }
}
)powershell";

constexpr std::pair<std::string_view, std::string_view> scripts[] = {
    {"bash", bash}, {"zsh", zsh}, {"fish", fish}, {"powershell", powershell}};

}  // namespace

std::string_view completion_script(std::string_view shell) {
    const auto found = std::ranges::find(scripts, shell, [](const auto& script) { return script.first; });
    return found == std::end(scripts) ? std::string_view{} : found->second;
}

}  // namespace fitcalc::cli
