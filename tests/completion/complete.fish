# What fish offers after a press of Tab: fish --no-config complete.fish PROGRAM LINE
set -x PATH (dirname $argv[1]) $PATH
$argv[1] completion fish | source
complete -C"$argv[2]"
