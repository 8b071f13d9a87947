"""`labeltrust supplier …` and `source vet`: who signs files, and which sources to trust."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._complete import complete_source
from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Project, Reason, Scope, example
from labeltrust.cli._output import day, number, out, print_json, print_table
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.domain.suppliers import Supplied
    from labeltrust.services.vet_source import Vetting

app = typer.Typer(help="Suppliers of files: their keys and manifests.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name of the source.", autocompletion=complete_source)]


def add_to(sources: typer.Typer) -> None:
    """Add the vetting of a source to the commands of sources."""
    sources.command(
        epilog=example(
            "source vet acme --project fraud",
            "source vet acme --project fraud --decide trust --reason 'audit 7: 24 of 25'",
        )
    )(vet)


@app.command("add-key", epilog=example("supplier add-key acme --key acme.pem --reason 'by phone'"))
def add_key(
    source: Name,
    *,
    key: Annotated[Path, typer.Option(help="File of an Ed25519 public key in PEM.")],
    project: Scope = None,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Register a key that signs a source's files; a new source is made, on probation."""
    from labeltrust.services.supplier_keys import add_supplier_key  # noqa: PLC0415 - slow imports

    try:
        pem = key.read_bytes()
    except OSError as error:
        detail = f"{key}: {error.strerror or error}"
        raise InvalidInput(detail, place="--key", code="usage") from None
    with acting() as who:
        found = add_supplier_key(
            who.deployment, who.principal, source, pem, projects=tuple(project or ()),
            reason=reason,
        )  # fmt: skip
    _show(found, as_json=as_json)


@app.command("revoke-key", epilog=example("supplier revoke-key acme 66687aadf862bd77 --reason w"))
def revoke_key(
    source: Name,
    key: Annotated[str, typer.Argument(help="Short name of the key.")],
    *,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """End a key: no manifest that it signed is taken any more."""
    from labeltrust.services.supplier_keys import revoke_supplier_key  # noqa: PLC0415

    with acting() as who:
        found = revoke_supplier_key(who.deployment, who.principal, source, key, reason=reason)
    _show(found, as_json=as_json)


@app.command(epilog=example("supplier show acme"))
def show(source: Name, *, as_json: AsJson = False) -> None:
    """Show the keys of a source's supplier, and the manifests that came with its files."""
    from labeltrust.services.supplier_keys import show_supplier  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = show_supplier(who.deployment, who.principal, source)
    _show(found, as_json=as_json)


@app.command(epilog=example("supplier sign labels.csv --supplier acme --key acme.key --out m.json"))
def sign(
    files: Annotated[list[Path], typer.Argument(help="The files.")],
    *,
    supplier: Annotated[str, typer.Option(help="Who vouches for them.")],
    key: Annotated[Path, typer.Option(help="File of an Ed25519 private key in PEM.")],
    to: Annotated[Path, typer.Option("--out", help="Where the manifest is written.")],
    format_: Annotated[str, typer.Option("--format", help="As of `import`.")] = "auto",
) -> None:
    """Sign a manifest of files as their supplier; needs no installation."""
    from labeltrust.app import wall_clock  # noqa: PLC0415 - slow imports
    from labeltrust.services.sign_manifest import sign_manifest  # noqa: PLC0415

    made = sign_manifest(files, supplier=supplier, key=key, at=wall_clock(), format=format_)
    try:
        to.write_bytes(made)
    except OSError as error:
        detail = f"{to}: {error.strerror or error}"
        raise InvalidInput(detail, place="--out", code="usage") from None
    out(f"{to}: {len(files)} files, signed")


def vet(  # noqa: PLR0913 - one parameter an option
    source: Name,
    *,
    project: Project,
    question: Annotated[str | None, typer.Option(help="Name of the question.")] = None,
    decide: Annotated[
        str | None, typer.Option(help="trust, keep (on probation) or reject.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="What was checked; needed to decide.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if there is a concern.")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare a source with the trusted ones before its labels count, and decide."""
    from labeltrust.services.vet_source import decide_vetting, vet_source  # noqa: PLC0415

    with acting() as who:
        if decide is not None:
            decide_vetting(who.deployment, who.principal, source, decide, reason=reason or "")
        found = vet_source(who.deployment, who.principal, source, project, question)
    if as_json:
        print_json(found)
    else:
        _show_vetting(found)
    if strict and found.concerns:
        raise DoesNotHold


def _show_vetting(found: "Vetting") -> None:
    rows = [
        (one.title, _number(one.new), _number(one.trusted),
         "" if one.q_value is None else f"{one.q_value:.2g}", "yes" if one.concern else "")
        for one in found.comparisons
    ]  # fmt: skip
    print_table(("comparison", found.source, "trusted", "q", "concern"), rows, "Nothing.")
    out(f"{found.source} is {found.status}: {found.labels} labels beside {found.trusted} trusted")


def _number(measured: object) -> str:
    import msgspec  # noqa: PLC0415 - slow imports

    return number(msgspec.to_builtins(measured), 3)


def _show(found: "Supplied", *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    keys = [(k.key_id, day(k.added_at), k.reason, day(k.revoked_at)) for k in found.keys]
    print_table(("key", "since", "reason", "revoked"), keys, "No key: its files need no manifest.")
    rows = [
        (m.file, day(m.came_at), m.rows, m.key_id, m.code or "holds", m.detail)
        for m in found.manifests
    ]
    columns = ("file", "came", "rows#", "key", "manifest", "detail")
    print_table(columns, rows, "No manifest came yet.")
