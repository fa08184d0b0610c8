"""holdfast serve, work, users, keys: the doors over HTTP, the worker, and who may come in."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from agent.access import Role, Scope
from api.terminal import Call, command

users_app = typer.Typer(help="People who sign in to the console.")
keys_app = typer.Typer(help="Keys of programs that call the API.")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
UserName = Annotated[str, typer.Argument(help="Name they sign in with.")]


def register(root: typer.Typer) -> None:
    command(root, "serve")(serve)
    command(root, "work")(work)
    root.add_typer(users_app, name="users")
    root.add_typer(keys_app, name="keys")


def serve(
    call: Call,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; others than loopback need hosts.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on.")] = 8321,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also send and run campaigns here.")] = True,
) -> None:
    """The console and the API. Prints a one-time sign-in link where nobody can sign in yet."""
    import uvicorn

    from agent.errors import UsageError
    from api.bootstrap import open_workshop
    from api.logs import log_to_stderr
    from api.main import create_app
    from api.sign_in import first_link

    workshop = open_workshop(call)
    if host not in LOOPBACK and not workshop.settings.hosts:
        raise UsageError(
            f"{host} can be reached from other machines", "set HOLDFAST_HOSTS to the names that people will use"
        )
    token = first_link(workshop)  # also opens the database, so that an old schema is said before anything else
    log_to_stderr()
    app = create_app(workshop, with_worker=worker)
    config = uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, server_header=False)
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    sockets[0].listen()  # so that who comes before the server has started waits instead of being refused
    at = f"http://{'localhost' if host in LOOPBACK else host}:{sockets[0].getsockname()[1]}"
    call.say(f"Holdfast for {workshop.brand.name}: {at}  (API: {at}/docs)")
    if token is not None:
        call.say(f"Nobody can sign in yet. Choose the admin's password here, once: {at}/link/{token}")
    call.say("Stop with Ctrl-C.")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):  # uvicorn has shut down in order, and raises the signal once more
        server.run(sockets)


def work(
    call: Call,
    once: Annotated[bool, typer.Option("--once", help="One turn of each kind, then end.")] = False,
) -> dict[str, Any] | None:
    """A worker by itself: sends what is due, goes through running campaigns, moves events into the log."""
    import signal

    from api.bootstrap import open_workshop
    from api.logs import log_to_stderr
    from api.working import Worker

    workshop = open_workshop(call)
    log_to_stderr()
    worker = Worker(lambda: workshop)
    if once:
        worker.keep_house()
        worker.draft()
        worker.send()
        counts = {status.value: count for status, count in workshop.store.outbox.counts().items()}
        call.say("outbox: " + (", ".join(f"{count} {status}" for status, count in counts.items()) or "empty"))
        return {"outbox": counts}
    signal.signal(signal.SIGTERM, lambda *_: worker.stopped.set())
    call.say("At work. Stop with Ctrl-C.")
    try:
        worker.run_until_stopped()
    except KeyboardInterrupt:
        worker.stop()
    return None


@command(users_app, "add")
def add_user(
    call: Call,
    name: UserName,
    role: Annotated[Role, typer.Option("--role", help="rep, reviewer, manager or admin.")] = Role.REP,
) -> dict[str, Any]:
    """Somebody new. Prints a one-time link, good for three days, by which they choose a password."""
    from api.bootstrap import open_workshop
    from api.sign_in import add_user as add

    return _linked(call, name, add(open_workshop(call), name, role))


@command(users_app, "link")
def link(call: Call, name: UserName) -> dict[str, Any]:
    """A fresh one-time link for somebody who forgot their password. They are signed out when they use it."""
    from api.bootstrap import open_workshop
    from api.sign_in import invite

    return _linked(call, name, invite(open_workshop(call), name))


@command(users_app, "list")
def list_users(call: Call) -> dict[str, Any]:
    """Who may sign in, and as what."""
    from api.bootstrap import open_workshop

    users = open_workshop(call).store.access.users()
    for user in users:
        state = "" if user.active else "  switched off"
        call.say(f"{user.name:24} {user.role:10}{'' if user.has_password else '  no password yet'}{state}")
    rows = [
        {"name": user.name, "role": user.role.value, "active": user.active, "has_password": user.has_password}
        for user in users
    ]
    return {"users": rows}


@command(users_app, "role")
def change_role(
    call: Call, name: UserName, role: Annotated[Role, typer.Argument(help="Their new role.")]
) -> dict[str, Any]:
    """Give somebody another role; they sign in anew."""
    from agent.errors import UsageError
    from api.bootstrap import open_workshop

    if role is Role.INTEGRATOR:
        raise UsageError("an integrator is a program and gets a key", "run: holdfast keys add NAME --role integrator")
    open_workshop(call).store.access.change_user(name, role=role.value)
    call.say(f"{name} is {role} now")
    return {"name": name, "role": role.value}


@command(users_app, "off")
def switch_off(call: Call, name: UserName) -> dict[str, Any]:
    """Switch somebody off: they are signed out and cannot come in. What they decided stays in the traces."""
    from api.bootstrap import open_workshop

    open_workshop(call).store.access.change_user(name, active=False)
    call.say(f"{name} is switched off")
    return {"name": name, "active": False}


@command(keys_app, "add")
def add_key(
    call: Call,
    name: Annotated[str, typer.Argument(help="What it is for; stands in the traces.")],
    role: Annotated[Role, typer.Option("--role", help="What its holder is.")] = Role.INTEGRATOR,
    scope: Annotated[list[Scope] | None, typer.Option("--scope", help="Only these doors; may be repeated.")] = None,
) -> dict[str, Any]:
    """A new key. It is shown once, and kept only as a hash."""
    from api.bootstrap import open_workshop
    from api.sign_in import add_key as add

    key, whole = add(open_workshop(call), name, role, tuple(scope or ()))
    call.say(f"{whole}\nKeep it now: it is not shown again. Id {key.key_id}, {key.role}.")
    return {
        "key": whole,
        "key_id": key.key_id,
        "name": key.name,
        "role": key.role.value,
        "scopes": [s.value for s in key.scopes],
    }


@command(keys_app, "list")
def list_keys(call: Call) -> dict[str, Any]:
    """Every key, without its secret."""
    from api.bootstrap import open_workshop

    rows = []
    for key in open_workshop(call).store.access.all_keys():
        doors = ", ".join(key.scopes) or "all of its role"
        call.say(f"{key.key_id}  {key.name:24} {key.role:10} {doors}{'  revoked' if key.revoked_at else ''}")
        rows.append(
            {
                "key_id": key.key_id,
                "name": key.name,
                "role": key.role.value,
                "scopes": [scope.value for scope in key.scopes],
                "revoked": key.revoked_at is not None,
            }
        )
    return {"keys": rows}


@command(keys_app, "revoke")
def revoke_key(call: Call, key_id: Annotated[str, typer.Argument(help="As shown by keys list.")]) -> dict[str, Any]:
    """From now on this key opens nothing."""
    from api.bootstrap import open_workshop

    workshop = open_workshop(call)
    workshop.store.access.revoke_key(key_id, workshop.clock.now())
    call.say(f"{key_id} is revoked")
    return {"key_id": key_id, "revoked": True}


def _linked(call: Call, name: str, token: str) -> dict[str, Any]:
    path = f"/link/{token}"
    call.say(f"{name} chooses a password here, once, within three days: {path}")
    call.say("Put the address of your Holdfast before it, http://localhost:8321 for instance.")
    return {"name": name, "link": path}
