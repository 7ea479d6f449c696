"""A sign-on service as allauth wants to be told of it."""

from typing import Any

from allauth.socialaccount.models import SocialApp

from ridgeway.office.people.signon import Kind, Provider

SAML_DEFAULTS = {"email": "email", "uid": "uid"}


def build_app(provider: Provider) -> SocialApp:
    """The service as an app that is in no table.

    Raises:  SettingsError when a file that it names cannot be read.
    """
    table = provider.table
    if table.kind is Kind.SAML:
        return SocialApp(
            provider="saml",
            provider_id=provider.id,
            name=table.title[:40],
            client_id=provider.id,
            settings=describe_saml(provider),
        )
    secret = provider.read_file(table.client_secret_file) if table.client_secret_file else ""
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.id,
        name=table.title[:40],
        client_id=table.client_id,
        secret=secret,
        settings={"server_url": table.server, "oauth_pkce_enabled": True},
    )


def describe_saml(provider: Provider) -> dict[str, Any]:
    """What allauth's SAML is told: assertions are signed, answer a question of ours, and are checked strictly."""
    table = provider.table
    return {
        "attribute_mapping": SAML_DEFAULTS | table.attributes,
        "idp": {
            "entity_id": table.entity_id,
            "sso_url": table.sso_url,
            "x509cert": provider.read_file(table.certificate_file),
        },
        "advanced": {
            "strict": True,
            "want_assertion_signed": True,
            "reject_deprecated_algorithm": True,
            "reject_idp_initiated_sso": True,
            "want_name_id": True,
        },
    }
