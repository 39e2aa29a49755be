#!/bin/sh
# Installs karuna from this folder into ~/.local, or into the folder given. Run it again to upgrade.
#
#   ./install.sh [PREFIX]          installs
#   ./install.sh --remove [PREFIX] removes what was installed, and keeps your own sessions and settings
set -eu

remove=no
[ "${1:-}" != --remove ] || { remove=yes; shift; }
prefix=${1:-$HOME/.local}
here=$(cd "$(dirname "$0")" && pwd)
data=$prefix/share

if [ "$remove" = yes ]; then
    rm -f "$prefix/bin/karuna" "$data"/man/man1/karuna.1.gz "$data"/man/man1/karuna-*.1.gz
    rm -f "$data/bash-completion/completions/karuna" "$data/zsh/site-functions/_karuna" "$data/fish/vendor_completions.d/karuna.fish"
    rm -f "$data/icons/hicolor/scalable/apps/karuna.svg" "$data/applications/karuna.desktop"
    rm -rf "$data/karuna/voices/heart"
    rmdir "$data/karuna/voices" "$data/karuna" 2>/dev/null || true
    echo "karuna was removed from $prefix"
    exit 0
fi

# copy FILE TARGET MODE: writes beside the target and renames, so that a running program is never half replaced.
copy() {
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    chmod "$3" "$2.new"
    mv -f "$2.new" "$2"
}

copy "$here/karuna" "$prefix/bin/karuna" 755
for page in "$here"/share/man/man1/*.gz; do
    copy "$page" "$data/man/man1/$(basename "$page")" 644
done
copy "$here/share/karuna/completions/bash" "$data/bash-completion/completions/karuna" 644
copy "$here/share/karuna/completions/zsh" "$data/zsh/site-functions/_karuna" 644
copy "$here/share/karuna/completions/fish" "$data/fish/vendor_completions.d/karuna.fish" 644
copy "$here/share/karuna/karuna.svg" "$data/icons/hicolor/scalable/apps/karuna.svg" 644
mkdir -p "$data/applications"
sed "s|^Exec=.*|Exec=sh -c \"$prefix/bin/karuna; exec sh\"|" "$here/share/karuna/karuna.desktop" >"$data/applications/karuna.desktop"
mkdir -p "$data/karuna/voices/heart"
for file in "$here"/share/karuna/voices/heart/*; do
    copy "$file" "$data/karuna/voices/heart/$(basename "$file")" 644
done

echo "karuna is installed: $prefix/bin/karuna"
case ":$PATH:" in
    *":$prefix/bin:"*) echo "Type: karuna" ;;
    *) echo "$prefix/bin is not on your PATH yet. Log out and in, or type: $prefix/bin/karuna" ;;
esac
ldconfig -p 2>/dev/null | grep -q libasound.so.2 || echo "The library libasound2 is missing: install it with your package manager."
