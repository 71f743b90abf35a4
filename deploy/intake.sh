#!/bin/sh
# `intake` as the service runs it, with its settings and as its user; docs/runbook.md copies it to /usr/local/bin/intake.
# systemd reads the settings as well, and is no shell: what follows a `=` is the value, with `&`, `$` and spaces in it.
settings=/etc/child-intake.env
[ -r "$settings" ] || { echo "intake: $settings cannot be read: only root runs this command" >&2; exit 2; }
number=0
while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    line=${line#"${line%%[![:space:]]*}"}
    line=${line%"${line##*[![:space:]]}"}
    case $line in '' | '#'* | ';'*) continue ;; esac
    name=${line%%=*}
    name=${name%"${name##*[![:space:]]}"}
    value=${line#*=}
    value=${value#"${value%%[![:space:]]*}"}
    wrong=
    case $line in *=*) ;; *) wrong="has no =" ;; esac
    case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) wrong="does not begin with a name" ;; esac
    case $value in
        \'*\' | \"*\")
            quote=${value%"${value#?}"}
            value=${value#?}
            value=${value%?}
            case $value in *"$quote"*) wrong="has a quote within quotes" ;; esac
            case $quote$value in \"*\\*) wrong='has a \ within ""' ;; esac
            ;;
        \'* | \"*) wrong="does not end its quotes" ;;
        *\\*) wrong="has a \\ outside ''" ;;
    esac
    [ -z "$wrong" ] || { echo "intake: line $number of $settings $wrong: put the value into a file (_FILE)" >&2; exit 2; }
    export "$name=$value"
done <"$settings"
exec runuser -u intake -- env HOME=/var/lib/child-intake \
    /srv/child-intake/.venv/bin/intake --workspace /var/lib/child-intake "$@"
