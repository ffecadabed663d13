# What bash is left with after a press of Tab: bash complete.bash PROGRAM LINE
# Splits the line into words as readline does, with the cursor at its end, and prints the candidates.
source <("$1" completion bash)
[[ $(complete -p fitcalc) == 'complete -F _fitcalc fitcalc' ]] || exit 1
PATH=${1%/*}:$PATH
COMP_LINE=$2
COMP_POINT=${#2}
read -ra COMP_WORDS <<<"${2//[:=]/ & }"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_fitcalc
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
