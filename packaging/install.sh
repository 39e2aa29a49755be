#!/bin/sh
# Installs karuna from this folder into ~/.local, or into the folder given. Run it again to upgrade.
#
#   ./install.sh [FOLDER]           installs
#   ./install.sh --remove [FOLDER]  removes what was installed, and keeps your own sessions, settings and voices
set -eu

remove=no
case ${1:-} in
    --remove) remove=yes; shift ;;
    -*) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p;}' "$0"; exit 2 ;;
esac
prefix=${1:-$HOME/.local}
case $prefix in
    /*) ;;
    *) prefix=$PWD/$prefix ;;
esac
here=$(cd "$(dirname "$0")" && pwd)
data=$prefix/share
bash_completions=$data/bash-completion/completions
zsh_completions=$data/zsh/site-functions
fish_completions=$data/fish/vendor_completions.d

# remove_folders FOLDER: removes it and the folders above it, up to the prefix, as long as they are empty.
remove_folders() {
    folder=$1
    while [ "$folder" != "$prefix" ] && rmdir "$folder" 2>/dev/null; do
        folder=$(dirname "$folder")
    done
}

if [ "$remove" = yes ]; then
    rm -f "$prefix/bin/karuna" "$prefix/lib/karuna/terminal" "$data"/man/man1/karuna.1.gz "$data"/man/man1/karuna-*.1.gz
    rm -f "$bash_completions/karuna" "$zsh_completions/_karuna" "$fish_completions/karuna.fish"
    rm -f "$data/icons/hicolor/scalable/apps/karuna.svg" "$data/applications/karuna.desktop"
    rm -rf "$data/karuna/voices/heart"
    for folder in "$prefix/bin" "$prefix/lib/karuna" "$data/man/man1" "$bash_completions" "$zsh_completions" "$fish_completions" \
        "$data/icons/hicolor/scalable/apps" "$data/applications" "$data/karuna/voices"; do
        remove_folders "$folder"
    done
    echo "karuna was removed from $prefix"
    exit 0
fi

# copy FILE TARGET MODE: writes beside the target and renames, so that a running program is never partially replaced.
copy() {
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    chmod "$3" "$2.new"
    mv -f "$2.new" "$2"
}

# The desktop entry with the path of the installed program, quoted by the rules of desktop entries: once for the string, once for the key.
desktop_entry() {
    command=$(printf '%s' "$prefix/lib/karuna/terminal" | sed 's/[\\"`$]/\\\\&/g; s/%/%%/g')
    while IFS= read -r line; do
        case $line in
            Exec=*) printf 'Exec="%s"\n' "$command" ;;
            *) printf '%s\n' "$line" ;;
        esac
    done <"$here/share/karuna/karuna.desktop"
}

copy "$here/karuna" "$prefix/bin/karuna" 755
copy "$here/share/karuna/terminal" "$prefix/lib/karuna/terminal" 755
for page in "$here"/share/man/man1/*.gz; do
    copy "$page" "$data/man/man1/$(basename "$page")" 644
done
copy "$here/share/karuna/completions/bash" "$bash_completions/karuna" 644
copy "$here/share/karuna/completions/zsh" "$zsh_completions/_karuna" 644
copy "$here/share/karuna/completions/fish" "$fish_completions/karuna.fish" 644
copy "$here/share/karuna/karuna.svg" "$data/icons/hicolor/scalable/apps/karuna.svg" 644
mkdir -p "$data/applications"
desktop_entry >"$data/applications/karuna.desktop"
for file in "$here"/share/karuna/voices/heart/*; do
    copy "$file" "$data/karuna/voices/heart/$(basename "$file")" 644
done

echo "karuna is installed: $prefix/bin/karuna"
case ":$PATH:" in
    *":$prefix/bin:"*) echo "Type: karuna" ;;
    *) echo "$prefix/bin is not on your PATH yet. Log out and in, or type: $prefix/bin/karuna" ;;
esac
echo "For completions in zsh, put this into ~/.zshrc, before compinit: fpath=($zsh_completions \$fpath)"
ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
"$ldconfig" -p 2>/dev/null | grep -q 'libasound\.so\.2' ||
    echo "The library libasound2 is missing: install it with your package manager (on Debian: apt install libasound2)."
