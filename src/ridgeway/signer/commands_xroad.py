"""`ridgeway signer import-xroad`: take over the keys and certificates of an X-Road software token.

Law: a key counts only when its key store opens with the PIN and holds the key; what could not be taken is named, and
the rest is taken. Registered authentication certificates stay registered.
Read next: `xroad.py`, which reads the files.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import click

from ridgeway.errors import RidgewayError
from ridgeway.settings import Settings
from ridgeway.signer.asking import as_json, ask_pin, call
from ridgeway.signer.client import SignerClient
from ridgeway.signer.values import (
    AdoptRequest,
    CertificateStatus,
    ImportRequest,
    KeyInfo,
    KeyUsage,
    Mechanism,
)
from ridgeway.signer.xroad import USAGES, ForeignKey, read_keyconf, read_keystore

SOFT_TOKEN = "softToken"  # noqa: S105 — a kind of token


@dataclass(slots=True)
class Moved:
    """What was taken over, by X-Road's key id, and what was not, with the reason."""

    keys: dict[str, str] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@click.command("import-xroad")
@click.argument("keyconf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keystores",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of the key stores: softtoken, beside keyconf.xml.",
)
@click.option(
    "--keystore-pin-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Holds the PIN of X-Road's token; else it is asked for.",
)
@as_json
@click.pass_obj
def import_xroad(
    settings: Settings, keyconf: Path, keystores: Path, keystore_pin_file: Path | None, as_json: bool
) -> None:
    """Take over keys and certificates of an X-Road software token: KEYCONF is its keyconf.xml."""
    foreign = [key for device in read_keyconf(keyconf.read_bytes()) if device.type == SOFT_TOKEN for key in device.keys]
    pin = keystore_pin_file.read_text("utf-8").strip() if keystore_pin_file else ask_pin("PIN of X-Road's token")
    moved = Moved()

    async def move(client: SignerClient) -> None:
        for each in foreign:
            await move_key(client, each, keystores=keystores, pin=pin, moved=moved)

    call(settings, move)
    if as_json:
        click.echo(json.dumps({"keys": moved.keys, "certificates": moved.certificates, "left": moved.left}, indent=2))
    else:
        for old, new in moved.keys.items():
            click.echo(f"key {old} is {new} here")
        for line in moved.left:
            click.echo(f"left: {line}")
        click.echo(f"{len(moved.keys)} keys and {len(moved.certificates)} certificates were taken over.")
    if moved.left:
        raise click.exceptions.Exit(1)


async def move_key(client: SignerClient, key: ForeignKey, *, keystores: Path, pin: str, moved: Moved) -> None:
    """The key is here with its certificates, or the reason why it is not is noted."""
    try:
        if key.usage is None:
            raise ValueError("it has no usage")
        store = read_keystore(find_keystore(keystores, key.id).read_bytes(), pin)
        if store.private_key is None:
            raise ValueError("its key store holds no private key")
        mechanism = Mechanism.RSA_PSS if key.mechanism == Mechanism.RSA_PSS else ""
        wanted = AdoptRequest(USAGES[key.usage], key.name or key.id, private_key=store.private_key, mechanism=mechanism)
        info = await client.adopt(wanted)
    except (RidgewayError, OSError, ValueError) as error:
        moved.left.append(f"key {key.id}: {error.detail if isinstance(error, RidgewayError) else error}")
        return
    moved.keys[key.id] = info.id
    await move_certificates(client, key, info, moved)


async def move_certificates(client: SignerClient, key: ForeignKey, info: KeyInfo, moved: Moved) -> None:
    """The certificates of the key are here; the one that X-Road used first."""
    for each in sorted(key.certificates, key=lambda each: each.is_active is not True):
        status = each.status if info.usage is KeyUsage.AUTHENTICATION and each.status in set(CertificateStatus) else ""
        request = ImportRequest(
            each.der, str(each.member or ""), stays_inactive=each.is_active is not True, status=status or ""
        )
        try:
            taken = await client.import_certificate(request)
            moved.certificates.append(taken.certificates[-1].sha256)
        except RidgewayError as error:
            moved.left.append(f"a certificate of key {key.id}: {error.detail}")


def find_keystore(folder: Path, key_id: str) -> Path:
    """The key store of a key; the id is only a file's name.

    Raises:  ValueError for an id that is no such name.
    """
    if not key_id.isalnum():
        raise ValueError("its id cannot be the name of a file")
    return folder / f"{key_id}.p12"
