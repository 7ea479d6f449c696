"""The shapes of what programs read, as JSON Schema.

Law: every field is there always, null where there is nothing; a test holds each real answer against its shape. Next:
`description.py`, which says where each shape is read.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
LINK: Schema = {"type": "string", "format": "uri"}


def ref(name: str) -> Schema:
    """The shape of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """This shape, or null."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def shape(description: str, *, optional: tuple[str, ...] = (), **fields: Schema) -> Schema:
    """An object with exactly these fields, in this order."""
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "required": [name for name in fields if name not in optional],
        "additionalProperties": False,
    }


def list_of(schema: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": schema}


def keyed_by(description: str, schema: Schema) -> Schema:
    """An object whose names are codes."""
    return {"type": "object", "description": description, "additionalProperties": schema}


STATE: Schema = {"type": "string", "enum": ["open", "closed", "rejected"]}
TIMES: Schema = {
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "rejected_at": or_null(MOMENT),
    "opened_at": or_null(MOMENT),
    "closed_at": or_null(MOMENT),
    "moderation_threshold_reached_at": or_null(MOMENT),
    "response_threshold_reached_at": or_null(MOMENT),
    "government_response_at": or_null(MOMENT),
    "debate_threshold_reached_at": or_null(MOMENT),
    "debate_scheduled_on": or_null(MOMENT),
    "scheduled_debate_date": or_null(DAY),
    "debate_outcome_at": or_null(MOMENT),
}
TEXTS: Schema = {
    "action": TEXT,
    "background": TEXT,
    "additional_details": TEXT,
    "committee_note": or_null(TEXT),
    "state": STATE,
    "signature_count": COUNT,
}
OUTCOMES: Schema = {
    "rejection": or_null(ref("Rejection")),
    "government_response": or_null(ref("GovernmentResponse")),
    "debate": or_null(ref("Debate")),
    "departments": list_of(ref("Department")),
    "topics": list_of(TEXT),
}
PLACES: Schema = {
    "signatures_by_country": list_of(ref("CountryCount")),
    "signatures_by_constituency": list_of(ref("ConstituencyCount")),
    "signatures_by_region": list_of(ref("RegionCount")),
    "other_parliamentary_business": list_of(ref("OtherBusiness")),
}
ITEM_LINKS = shape("Where it is.", self=LINK)
PAGE_LINKS = shape(
    "This page of the list and its neighbours; null at either end.",
    self=LINK,
    first=LINK,
    last=LINK,
    next=or_null(LINK),
    prev=or_null(LINK),
)

SCHEMAS: Schema = {
    "Attributes": shape(
        "What is said of a petition. `creator_name` and `closing_date` while it is open; the places and the other "
        "business on the page of one published petition alone.",
        optional=tuple(PLACES),
        **TEXTS,
        closing_date=or_null(DAY),
        **TIMES,
        creator_name=or_null(TEXT),
        **OUTCOMES,
        **PLACES,
    ),
    "ArchivedAttributes": shape(
        "What is said of a petition to a Parliament of before.",
        optional=tuple(PLACES),
        **TEXTS,
        **TIMES,
        **OUTCOMES,
        **PLACES,
    ),
    "Rejection": shape("Why it was refused.", code=TEXT, details=or_null(TEXT)),
    "GovernmentResponse": shape(
        "The government's answer; `details` is plain text.",
        responded_on=DAY,
        summary=TEXT,
        details=TEXT,
        created_at=MOMENT,
        updated_at=MOMENT,
    ),
    "Debate": shape(
        "The debate; nothing but null where Parliament declined.",
        debated_on=or_null(DAY),
        transcript_url=or_null(LINK),
        video_url=or_null(LINK),
        debate_pack_url=or_null(LINK),
        public_engagement_url=or_null(LINK),
        debate_summary_url=or_null(LINK),
        overview=or_null(TEXT),
    ),
    "Department": shape("Who answers.", acronym=TEXT, name=TEXT, url=TEXT),
    "CountryCount": shape("Signatures from a country.", name=TEXT, code=TEXT, signature_count=COUNT),
    "ConstituencyCount": shape(
        "Signatures from a constituency.", name=TEXT, ons_code=TEXT, mp=or_null(TEXT), signature_count=COUNT
    ),
    "RegionCount": shape("Signatures from a region.", name=TEXT, ons_code=TEXT, signature_count=COUNT),
    "OtherBusiness": shape(
        "Anything else that Parliament did; `body` is plain text.",
        subject=TEXT,
        body=TEXT,
        occurred_on=DAY,
        created_at=MOMENT,
        updated_at=MOMENT,
    ),
    "ParliamentOfPetition": shape(
        "The Parliament that a petition was addressed to.",
        period=TEXT,
        government=TEXT,
        dissolution_at=or_null(MOMENT),
        response_threshold=NUMBER,
        debate_threshold=NUMBER,
    ),
    "Petition": shape(
        "One petition.",
        links=ITEM_LINKS,
        data=shape("It.", type={"const": "petition"}, id=NUMBER, attributes=ref("Attributes")),
    ),
    "ArchivedPetition": shape(
        "One petition to a Parliament of before.",
        links=ITEM_LINKS,
        data=shape(
            "It.",
            type={"const": "archived-petition"},
            id=NUMBER,
            parliament=ref("ParliamentOfPetition"),
            attributes=ref("ArchivedAttributes"),
        ),
    ),
    "Petitions": shape(
        "A page of a list.",
        links=PAGE_LINKS,
        data=list_of(
            shape("One.", type={"const": "petition"}, id=NUMBER, links=ITEM_LINKS, attributes=ref("Attributes"))
        ),
    ),
    "ArchivedPetitions": shape(
        "A page of the archive.",
        links=PAGE_LINKS,
        data=list_of(
            shape(
                "One.",
                type={"const": "archived-petition"},
                id=NUMBER,
                links=ITEM_LINKS,
                parliament=ref("ParliamentOfPetition"),
                attributes=ref("ArchivedAttributes"),
            )
        ),
    ),
    "Count": shape(
        "How far a petition is; times carry the local offset.",
        signature_count=COUNT,
        response_threshold_reached_at=or_null(MOMENT),
        government_response_at=or_null(MOMENT),
        debate_threshold_reached_at=or_null(MOMENT),
        scheduled_debate_date=or_null(DAY),
        debate_outcome_at=or_null(MOMENT),
        debated={"type": "boolean"},
    ),
    "Trending": shape(
        "What was signed most in the last hour; `signature_count` is that of the hour.",
        data=list_of(
            shape(
                "One.",
                type={"const": "petition"},
                id=NUMBER,
                links=ITEM_LINKS,
                attributes=shape("What and how often.", action=TEXT, signature_count=COUNT),
            )
        ),
        links=ITEM_LINKS,
        meta=shape("When.", updated_at=MOMENT),
    ),
    "Constituency": shape(
        "A constituency; `mp` and `party` are null while nobody represents it.",
        mp=or_null(TEXT),
        party=or_null(TEXT),
        constituency=TEXT,
        ons_code=TEXT,
        start_date=or_null(DAY),
        end_date=or_null(DAY),
    ),
    "Constituencies": keyed_by("By their codes.", ref("Constituency")),
    "Parliament": shape(
        "A Parliament; `constituencies` on the page of one.",
        optional=("constituencies",),
        period=TEXT,
        dissolution_at=or_null(MOMENT),
        government=TEXT,
        response_threshold=NUMBER,
        debate_threshold=NUMBER,
        constituencies=ref("Constituencies"),
    ),
    "Parliaments": list_of(ref("Parliament")),
    "Topics": keyed_by("By their codes.", shape("A topic.", code=TEXT, name=TEXT)),
    "Local": shape(
        "What is signed most in a constituency; no `mp` while nobody represents it.",
        optional=("mp",),
        constituency=TEXT,
        mp=shape("Who represents it.", name=TEXT, url=or_null(LINK)),
        petitions=list_of(
            shape(
                "One.",
                action=TEXT,
                url=LINK,
                state=STATE,
                constituency_signature_count=COUNT,
                total_signature_count=COUNT,
            )
        ),
    ),
    "Refusal": shape("Why there is no answer.", error={"enum": ["bad_request", "not_found", "gone"]}),
}
