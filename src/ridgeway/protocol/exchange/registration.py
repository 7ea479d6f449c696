"""Whether a client is registered: what its server asked for, held against what the global configuration says.

Law: the configuration decides; what was asked for only says how its silence is meant. A client that is to be deleted or
disabled stops at once, before the configuration says so.

| kept                     | the configuration has it | it has it not            |
|--------------------------|--------------------------|--------------------------|
| saved                    | registered               | saved                    |
| registration in progress | registered               | registration in progress |
| registered               | registered               | global error             |
| global error             | registered               | global error             |
| deletion in progress     | deletion in progress     | saved                    |
| disabling in progress    | disabling in progress    | disabled                 |
| disabled                 | registered               | disabled                 |
| enabling in progress     | registered               | enabling in progress     |

Source: UG-SS §4 (client states); DM-SS `client.clientstatus`; UC-MEMBER.
"""

from enum import StrEnum


class RegistrationState(StrEnum):
    """Where a client, or an authentication certificate, stands with the central server."""

    SAVED = "saved"
    REGISTERING = "registration in progress"
    REGISTERED = "registered"
    DELETING = "deletion in progress"
    GLOBAL_ERROR = "global error"
    DISABLING = "disabling in progress"
    DISABLED = "disabled"
    ENABLING = "enabling in progress"


LEAVING = frozenset({RegistrationState.DELETING, RegistrationState.DISABLING})
"""States in which the configuration has not caught up with what was asked."""
ABSENT = {
    RegistrationState.REGISTERED: RegistrationState.GLOBAL_ERROR,
    RegistrationState.DELETING: RegistrationState.SAVED,
    RegistrationState.DISABLING: RegistrationState.DISABLED,
}


def settle_state(kept: RegistrationState, *, is_in_configuration: bool) -> RegistrationState:
    """The state as it is now, by the table above."""
    if is_in_configuration:
        return kept if kept in LEAVING else RegistrationState.REGISTERED
    return ABSENT.get(kept, kept)
