#!/usr/bin/env bash
# Monte un PostgreSQL privé dans un dossier temporaire, exécute la commande donnée avec DATABASE_URL, puis démonte tout.
#   tests/outils/postgres.sh .venv/bin/pytest tests/heures
set -euo pipefail

binaires="${CLAUSES_PG_BINAIRES:-/usr/lib/postgresql/15/bin}"
if [[ ! -x "$binaires/initdb" ]]; then
    echo "PostgreSQL 15 est absent de $binaires : apt-get install postgresql-15, ou CLAUSES_PG_BINAIRES=…" >&2
    exit 1
fi

dossier="$(mktemp -d)"
journal="$dossier/journal.txt"
# PostgreSQL refuse de tourner en root : un compte de service prend le relais.
en_tant_que=()
if [[ "$(id -u)" -eq 0 ]]; then
    id -u postgres >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin postgres
    chown postgres "$dossier"
    en_tant_que=(setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups)
fi

demonter() {
    "${en_tant_que[@]}" "$binaires/pg_ctl" --pgdata="$dossier/base" --mode=immediate stop >/dev/null 2>&1 || true
    rm -rf "$dossier"
}
trap demonter EXIT

port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
cd "$dossier"
"${en_tant_que[@]}" "$binaires/initdb" --pgdata="$dossier/base" --username=clauses --auth=trust --encoding=UTF8 \
    --locale=C.UTF-8 --no-sync >"$dossier/initdb.txt"
# Base jetable : la durabilité ne s’y éprouve pas, la vitesse compte.
"${en_tant_que[@]}" "$binaires/pg_ctl" --pgdata="$dossier/base" --log="$journal" --wait start >/dev/null -o \
    "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$dossier -c fsync=off -c full_page_writes=off" \
    || { cat "$journal" >&2; exit 1; }
cd "$OLDPWD"
"${en_tant_que[@]}" "$binaires/createdb" --host=127.0.0.1 --port="$port" --username=clauses clauses

DATABASE_URL="postgres://clauses@127.0.0.1:$port/clauses" "$@"
