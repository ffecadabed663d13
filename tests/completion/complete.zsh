# What zsh makes of a line at a press of Tab, in a terminal of its own: zsh -f complete.zsh PROGRAM LINE
zmodload zsh/zpty || exit 77
path=(${1:h} $path)
folder=$(mktemp -d) || exit 1
trap 'zpty -d terminal 2>/dev/null; rm -rf $folder' EXIT
"$1" completion zsh > $folder/_fitcalc
zpty terminal 'env TERM=dumb zsh -f -i'
zpty -w terminal "PS1=; stty -echo; fpath=($folder \$fpath); autoload -U compinit; compinit -u -D
report() { print -r -- \"<<\$BUFFER>>\"; BUFFER=; zle accept-line }; zle -N report; bindkey '^X' report; print -r -- READ'Y'"
# Whatever else the terminal shows.
await() {
    local line
    repeat 200; do
        zpty -r -m terminal line "*$1*" && { print -r -- "$line"; return 0 }
    done
    return 1
}
await READY > /dev/null || exit 1
zpty -w -n terminal "$2"$'\t\x18'
answer=$(await '>>') || exit 1
answer=${answer%%>>*}
print -r -- ${answer##*<<}
