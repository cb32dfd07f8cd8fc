#!/bin/sh
# Writes a Debian root file system that holds the packages named in a file, as a tar, to standard output.
#   base.sh <file of package names> [mmdebstrap's further arguments: where packages come from]
# Text that people read is left out: manuals, licences and translations are no part of what a learner needs, and a corpus
# of text from a Debian system must not be found inside. Nothing in here keeps a set-user-ID bit.
set -eu
packages=$(grep -v '^#' "$1" | paste -s -d ,)
shift
exec mmdebstrap --quiet --variant=essential --include="$packages" \
  --customize-hook='cd "$1"/usr/share && rm -rf doc man info locale i18n common-licenses lintian bug perl5 applications pixmaps' \
  --customize-hook='rm -rf "$1"/usr/include "$1"/usr/lib/python3*/pydoc_data "$1"/usr/lib/python3*/lib2to3 "$1"/usr/lib/python3*/idlelib' \
  --customize-hook='rm -rf "$1"/usr/share/perl "$1"/usr/lib/*-linux-gnu/perl "$1"/usr/lib/*-linux-gnu/perl-base "$1"/usr/bin/*perl* "$1"/usr/lib/*-linux-gnu/libperl*' \
  --customize-hook='find "$1" -xdev -name "*.a" -delete' \
  --customize-hook='find "$1" -xdev -type f -perm /6000 -exec chmod a-s {} +' \
  --customize-hook='echo "learner:x:65532:65532::/tmp:/usr/sbin/nologin" >> "$1"/etc/passwd' \
  --customize-hook='rm -rf "$1"/etc/apt/sources.list* "$1"/var/log/* "$1"/var/cache/*' \
  bookworm - "$@"
