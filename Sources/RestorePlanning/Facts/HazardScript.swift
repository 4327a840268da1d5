/// The part of the second look that finds what lies below a directory, or will be laid over it.
enum HazardScript {
    /// Defines `hazards REAL CONTENT DEPTH UNIT`: prints one hazard a line, fields parted by tabs.
    ///
    /// REAL is a directory with links resolved, CONTENT what is searched for links, to DEPTH.
    /// The mount table and fstab write blanks, tabs, line feeds and backslashes as `\040` and the like.
    static let text = #"""
        tab=$(printf '\t')
        plain='function plain(s,  r, o) {
          r = ""
          while (match(s, /\\[0-7][0-7][0-7]/)) {
            o = substr(s, RSTART + 1, 3)
            r = r substr(s, 1, RSTART - 1) \
              sprintf("%c", substr(o, 1, 1) * 64 + substr(o, 2, 1) * 8 + substr(o, 3, 1))
            s = substr(s, RSTART + 4)
          }
          return r s
        }'
        # what is in the mount table at a directory, above it and below it
        mounts() {
          D=$1 awk "$plain"'{
            p = plain($5); d = ENVIRON["D"]
            if (p == d) print "at\t" $5
            else if (index(p, (d == "/" ? "" : d) "/") == 1) print "below\t" $5
            else if (p == "/" || index(d, p "/") == 1) print "above\t" $5
          }' /proc/self/mountinfo 2>/dev/null || echo unknown
        }
        # what fstab and systemd are going to mount: yes for by itself at boot, from where, on what
        planned() {
          awk "$plain"'$1 !~ /^#/ && $2 ~ /^\// {
            p = plain($2)
            if (!index(p, "\n"))
              print (("," $4 ",") ~ /,noauto,/ ? "no" : "yes") "\t/etc/fstab\t" p
          }' /etc/fstab 2>/dev/null
          seen=/
          for u in /etc/systemd/system /run/systemd/system /usr/local/lib/systemd/system \
        /usr/lib/systemd/system /lib/systemd/system /run/systemd/generator; do
            for f in "$u"/*.mount "$u"/*.automount; do
              [ -e "$f" ] || continue
              n=${f##*/}
              case $seen in *"/$n/"*) continue ;; esac
              seen=$seen$n/
              # a masked unit is a link to /dev/null
              [ -f "$f" ] || continue
              w=$(sed -n 's/^[[:space:]]*Where[[:space:]]*=[[:space:]]*//p' "$f" | tail -n 1)
              case $w in /*) ;; *) continue ;; esac
              boot=no
              for l in /etc/systemd/system/*.wants/"$n" /etc/systemd/system/*.requires/"$n" \
        /run/systemd/generator/*.wants/"$n" /run/systemd/generator/*.requires/"$n"; do
                if [ -h "$l" ]; then boot=yes; fi
              done
              printf '%s\t%s\t%s\n' "$boot" "$f" "$w"
            done
          done
          if [ -n "$1" ] && command -v systemctl >/dev/null 2>&1; then
            for k in BindPaths BindReadOnlyPaths; do
              systemctl show -p $k --value -- "$1" 2>/dev/null | tr ' ' '\n' \
        | awk -F: -v k="$k" -v u="$1" '$2 ~ /^\// && $2 != $1 {print "no\t" k "= of " u "\t" $2}'
            done
          fi
        }
        hazards() {
          mounts "$1"
          planned "$4" | while IFS=$tab read -r boot source place; do
            printf 'planned\t%s\t%s\t%s\n' "$boot" "$source" "$(realpath -m -- "$place")"
          done
          if [ -e "$2" ] || [ -h "$2" ]; then
            find "$2" -maxdepth "$3" -type l 2>/dev/null | head -n 20 | while IFS= read -r l; do
              printf 'link\t%s\t%s\t%s\n' "$l" "$(readlink -- "$l")" "$(realpath -m -- "$l")"
            done
          fi
          [ -d "$1" ] || return 0
          r=$1/.rekindle
          if [ -h "$r" ]; then printf 'work\t%s\tlinks to %s\n' "$r" "$(readlink -- "$r")"
          elif [ -e "$r" ] && [ ! -d "$r" ]; then printf 'work\t%s\tis not a directory\n' "$r"; fi
          here=$(stat -c %d -- "$1")
          for p in "$1/member" "$1/member/snap" "$1/member/wal" "$r"; do
            if [ -d "$p" ] && [ ! -h "$p" ] && [ "$(stat -c %d -- "$p")" != "$here" ]; then
              printf 'device\t%s\n' "$p"
            fi
          done
          # below a directory with project inheritance only the same project can be renamed; a WAL is renamed itself
          above=$1
          if [ "$2" = "$1" ]; then above=$(dirname -- "$1"); fi
          if command -v lsattr >/dev/null 2>&1; then
            lsattr -dp -- "$above" "$2" 2>/dev/null | awk -v OFS='\t' 'NR == 1 {p = $1; f = $2}
              NR == 2 && f ~ /P/ && $1 != p {print "project", $1, p}'
          fi
        }

        """#
}
